using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>Lets so many requests of one API and connection at the origin at once. A slow connection holds up no other.</summary>
internal sealed class OriginGates(IOptions<HttpCacheOptions> options)
{
    // Names of connections come from URLs: whoever invents many shares a gate.
    private const int MaxGates = 1_000;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    public async ValueTask<Turn> EnterAsync(PathString path, CancellationToken cancellationToken)
    {
        // /v3/{api}/{connection}/…: slow queries hold up no tiles.
        var place = path.Value!.Split('/', 5) is [_, _, var api, var connection, ..] ? $"{api}/{connection}" : "";
        if (_gates.Count >= MaxGates && !_gates.ContainsKey(place)) place = "";
        var gate = _gates.GetOrAdd(place, _ => new SemaphoreSlim(options.Value.MaxOriginRequests));
        await gate.WaitAsync(cancellationToken);
        return new Turn(gate);
    }

    internal readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
