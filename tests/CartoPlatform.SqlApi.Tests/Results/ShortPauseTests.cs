using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Tests.Results;

public sealed class ShortPauseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task All_who_pause_go_on_again_and_again()
    {
        using var pause = new ShortPause();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            for (var time = 0; time < 20; time++) await pause.WaitAsync().WaitAsync(Limit);
        })));
    }

    [Fact]
    public async Task Whoever_pauses_at_the_end_of_the_service_goes_on()
    {
        var pause = new ShortPause();
        var last = pause.WaitAsync();

        pause.Dispose();

        await last.WaitAsync(Limit);
    }
}
