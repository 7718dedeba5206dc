using System.Collections.Concurrent;
using System.Net;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Replicas;

/// <summary>Callers who ask without a pause, for tiles that a cache may know and for such that none can know.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    public const int Callers = 8;

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly HttpClient _client;
    private readonly Task _asking;
    private long _answers;

    private SteadyLoad(PlatformStatus platform, string tile, string query)
    {
        _client = TestPlatform.CreateClient(platform);
        _asking = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => AskAsync(caller, tile, query)));
    }

    public long Answers => Interlocked.Read(ref _answers);

    public ConcurrentQueue<string> Failures => _failures;

    public static async Task<SteadyLoad> StartAsync(PlatformStatus platform)
    {
        using var client = TestPlatform.CreateClient(platform);
        var tile = await MapAddress.OfTileAsync(client, platform.Connection, "SELECT id, geom FROM demo.airports", 4, 8, 5);
        return new SteadyLoad(platform, tile, $"/v3/sql/{platform.Connection}/query?q=SELECT+count(*)+FROM+demo.airports");
    }

    /// <summary>Until so many more requests have been answered: with no answers at all, what is waited for has gone wrong.</summary>
    public Task MoreAsync(int answers, TimeSpan limit)
    {
        var goal = Answers + answers;
        return Wait.UntilAsync($"{answers} more answers", () => Task.FromResult(Answers >= goal), limit);
    }

    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _asking;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _end.Dispose();
    }

    private async Task AskAsync(int caller, string tile, string query)
    {
        for (var turn = 0; !_end.IsCancellationRequested; turn++)
        {
            var address = (turn % 3) switch { 0 => tile, 1 => $"{tile}&again={caller}-{turn}", _ => query };
            await AskOnceAsync(address);
        }
    }

    private async Task AskOnceAsync(string address)
    {
        try
        {
            using var answer = await _client.GetAsync(address, _end.Token);
            if (answer.StatusCode != HttpStatusCode.OK) _failures.Enqueue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(_end.Token)} {address}");
            Interlocked.Increment(ref _answers);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            _failures.Enqueue($"{exception.Message} {address}");
            Interlocked.Increment(ref _answers);
        }
    }
}
