using CartoPlatform.MapsApi.Builds;

namespace CartoPlatform.MapsApi.Tests.Builds;

public sealed class StampedBuildsTests
{
    private const long Stamp = 1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public async Task What_has_to_go_for_another_is_gone_before_that_is_made(long bytes, bool stays)
    {
        await using var builds = new StampedBuilds<string, object>(maxBytes: 100, TimeProvider.System);
        using var limit = new CancellationTokenSource(Limit);
        while (builds.Find("first", Stamp, (_, _) => Made(60)) is null) await Task.Delay(TimeSpan.FromMilliseconds(1), limit.Token);

        var isThere = new TaskCompletionSource<bool>();
        builds.Find("second", Stamp, (makeRoom, _) =>
        {
            makeRoom(bytes);
            isThere.SetResult(builds.Find("first", Stamp, (_, _) => Made(60)) is not null);
            return Made(bytes);
        });
        Assert.Equal(stays, await isThere.Task.WaitAsync(limit.Token));
    }

    private static Task<Product<object>> Made(long bytes) => Task.FromResult(new Product<object>(true, new object(), bytes));
}
