namespace CartoPlatform.WorkspaceClient.Http;

/// <summary>
/// Sends requests to one of several replicas: the last that answered, and when that cannot be reached or says nothing, the next; when no
/// other can be reached, once more to the one that said nothing. What may have been done already is not asked twice, unless doing it
/// twice changes nothing.
/// </summary>
public sealed class ReplicaHandler : DelegatingHandler
{
    // A replica that neither answers nor refuses must not use up the time that its caller has.
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<Uri> _replicas;
    private readonly TimeProvider _time;
    private int _current;

    public ReplicaHandler(IReadOnlyList<Uri> replicas, TimeProvider time, HttpMessageHandler inner)
        : base(inner)
    {
        (_replicas, _time) = (replicas, time);
        // Callers spread by chance, so that the first replica does not get them all.
        _current = Random.Shared.Next(Math.Max(1, replicas.Count));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = Volatile.Read(ref _current);
        int? silent = null;
        for (var attempt = 1; attempt <= _replicas.Count; attempt++)
        {
            var index = (first + attempt - 1) % _replicas.Count;
            Address(request, index);
            var isLast = attempt == _replicas.Count;
            try
            {
                return isLast ? await base.SendAsync(request, cancellationToken) : await TryAsync(request, cancellationToken);
            }
            catch (Exception exception) when ((!isLast || silent is not null) && !cancellationToken.IsCancellationRequested && MayRepeat(request, exception))
            {
                if (exception is OperationCanceledException) silent ??= index;
                Interlocked.CompareExchange(ref _current, (index + 1) % _replicas.Count, index);
            }
        }

        // The others are away: the one that did not answer in time may only be busy, and has all the time there is now.
        Address(request, silent ?? first);
        return await base.SendAsync(request, cancellationToken);
    }

    private void Address(HttpRequestMessage request, int index) => request.RequestUri = new Uri(_replicas[index], request.RequestUri?.PathAndQuery ?? "/");

    /// <summary>The limit is for the headers: a body may stream for as long as it likes.</summary>
    private async Task<HttpResponseMessage> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AttemptLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await base.SendAsync(request, both.Token);
    }

    private static bool MayRepeat(HttpRequestMessage request, Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => true,
        HttpRequestException or OperationCanceledException => request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch,
        _ => false,
    };
}
