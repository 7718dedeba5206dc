using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace CartoPlatform.Forwarding;

/// <summary>
/// What probes say of replicas: one that says it is not ready gets no more requests, and works on those it has. One that says nothing at
/// all is paused, cut off or gone: whoever waits for it need not wait longer.
/// </summary>
internal sealed class Probes(IDestinationHealthUpdater health) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "Answers";

    private readonly ConditionalWeakTable<DestinationState, Voice> _voices = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        // Before anybody looks for another: who is silent must not be among those that he finds.
        health.SetActive(cluster, probingResults.Select(result => new NewActiveDestinationHealth(
            result.Destination, result.Response is { IsSuccessStatusCode: true } ? DestinationHealth.Healthy : DestinationHealth.Unhealthy)));
        foreach (var result in probingResults) _voices.GetOrCreateValue(result.Destination).Hear(isSilent: result.Response is null);
    }

    /// <summary>Cancelled when the replica falls silent; of one that is silent already, when it does so again.</summary>
    public CancellationToken SilenceOf(DestinationState destination) => _voices.GetOrCreateValue(destination).Silence;

    [SuppressMessage("Design", "CA1001", Justification = "Goes with its replica; a source without a timer holds nothing that must be given back.")]
    private sealed class Voice
    {
        private readonly Lock _lock = new();
        private CancellationTokenSource _silence = new();
        private bool _isSilent;

        public CancellationToken Silence
        {
            get
            {
                lock (_lock) return _silence.Token;
            }
        }

        public void Hear(bool isSilent)
        {
            CancellationTokenSource fallen;
            lock (_lock)
            {
                if (isSilent == _isSilent) return;
                _isSilent = isSilent;
                if (!isSilent) return;
                fallen = _silence;
                _silence = new CancellationTokenSource();
            }

            // Not disposed: somebody may have its token and not have registered yet.
            fallen.Cancel();
        }
    }
}
