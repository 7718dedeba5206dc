using System.Net;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary><c>./carto cache purge</c>, <c>watch</c> and <c>unwatch</c> on a running platform.</summary>
[Collection(SharedPlatform.Name)]
public sealed class CacheCommandTests(PlatformFixture platforms)
{
    // A process looks for the log of a database once in five seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Purge_forgets_what_it_names_and_nothing_else()
    {
        using var client = TestPlatform.CreateClient(await platforms.GetAsync(Topologies.Standard));
        string[] urls = ["/v3/sql/carto_dw/query?q=SELECT 'one' AS purged", "/v3/sql/carto_dw/query?q=SELECT 'two' AS purged"];
        foreach (var url in urls) await KeepAsync(client, url);

        var one = await RunAsync("cache", "purge", "--url", urls[0]);
        Assert.Equal((0, true), (one.ExitCode, one.Output.Contains(": 1 answers forgotten", StringComparison.Ordinal)));
        Assert.False(await IsKeptAsync(client, urls[0]));
        Assert.True(await IsKeptAsync(client, urls[1]));

        var all = await RunAsync("cache", "purge", "--all");
        Assert.Equal(0, all.ExitCode);
        Assert.False(await IsKeptAsync(client, urls[1]));
    }

    [Theory]
    [InlineData("Say what to forget", "cache", "purge")]
    [InlineData("is no URL of a map", "cache", "purge", "--url", "/v3/connections")]
    [InlineData("name one on the database of elsewhere with --admin", "watch", "elsewhere")]
    [InlineData("--admin is no connection string", "unwatch", "elsewhere", "--admin", "nonsense")]
    public async Task Wrong_use_is_told_in_a_sentence(string sentence, params string[] arguments)
    {
        await platforms.GetAsync(Topologies.Standard);
        var result = await RunAsync(arguments);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_is_unwatched_and_watched_again_while_everything_runs()
    {
        using var client = TestPlatform.CreateClient(await platforms.GetAsync(Topologies.Standard));
        foreach (var (command, expected) in (IEnumerable<(string, string)>)[("unwatch", "partly-watched"), ("unwatch", "partly-watched"), ("watch", "watched"), ("watch", "watched")])
        {
            var result = await RunAsync(command, "carto_dw");
            Assert.True(result.ExitCode == 0, result.ToString());
            await Wait.UntilAsync($"after {command} it is {expected}", async () => await HowAsync(client) == expected, Limit);
        }
    }

    private async Task<CommandResult> RunAsync(params string[] arguments) =>
        await Command.RunAsync("dotnet", [Repository.Cli, .. arguments, "--data", (await platforms.GetAsync(Topologies.Standard)).DataDir], Limit);

    private static async Task<string?> HowAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/sql/carto_dw/query?q=SELECT 1 AS n");
        request.Headers.TryAddWithoutValidation("Cache-Control", "max-age=0");
        request.Headers.TryAddWithoutValidation("X-Cache-Debug", "1");
        using var answer = await client.SendAsync(request);
        return answer.Headers.TryGetValues("X-Cache-Lifetime", out var values) ? values.Single().Split(' ')[1] : null;
    }

    private static Task KeepAsync(HttpClient client, string url) => Wait.UntilAsync($"{url} is kept", async () =>
    {
        using var answer = await client.GetAsync(new Uri(url, UriKind.Relative));
        return answer.Headers.GetValues("X-Cache").Single() == "HIT";
    }, Limit);

    private static async Task<bool> IsKeptAsync(HttpClient client, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Cache-Control", "only-if-cached");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
