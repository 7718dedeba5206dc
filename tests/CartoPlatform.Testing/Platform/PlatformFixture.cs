using System.Collections.Concurrent;
using Xunit;

namespace CartoPlatform.Testing.Platform;

/// <summary>
/// One platform for each topology and test run, with the sample data, started from nothing when the first test asks for it:
/// use it as a collection fixture.
/// </summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<PlatformStatus>>> _started = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<TestPlatform> _platforms = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task<PlatformStatus> GetAsync(string topology) =>
        _started.GetOrAdd(topology, name => new Lazy<Task<PlatformStatus>>(() => StartAsync(name))).Value;

    public async Task DisposeAsync()
    {
        foreach (var platform in _platforms) await platform.DisposeAsync();
    }

    private async Task<PlatformStatus> StartAsync(string topology)
    {
        var platform = new TestPlatform(topology);
        _platforms.Add(platform);
        return await platform.UpAsync();
    }
}
