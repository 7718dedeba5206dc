using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary>What callers did, through the whole platform.</summary>
[Collection(SharedPlatform.Name)]
public sealed class ActivityTests(PlatformFixture platforms)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Calls_stand_in_the_activity_with_what_became_of_them_and_limits_are_among_them(string topology)
    {
        var status = await platforms.GetAsync(topology);
        using var owner = TestPlatform.CreateClient(status);
        var mark = Guid.NewGuid().ToString("N");
        var token = await TokenAsync(owner, """{"requests_per_minute":1,"burst":4}""");
        using var caller = CallerOf(owner, token);
        // A platform that has just started has not yet heard of its database, and keeps nothing.
        await Wait.UntilAsync("answers are kept", async () =>
        {
            using var warm = await owner.GetAsync(new Uri("/v3/maps/carto_dw/table/0/0/0?name=demo.airports&formatTiles=mvt", UriKind.Relative));
            return warm.Headers.GetValues("X-Cache").Single() == "HIT";
        }, Limit);
        // Another tile than any other test asks for, so that it has to be made.
        var filter = "{\"elevation_ft\":{\"between\":{\"values\":[[" + Random.Shared.Next(-900_000, -100_000) + ",90000]]}}}";
        var tile = $"/v3/maps/carto_dw/table/3/4/2?name=demo.airports&formatTiles=mvt&columns=name&tag-run={mark}&client=probe&filters={Uri.EscapeDataString(filter)}";

        var first = await caller.GetAsync(tile);
        var size = (await first.Content.ReadAsByteArrayAsync()).Length;
        await caller.GetAsync(tile);
        await caller.GetAsync($"/v3/maps/carto_dw/table?name=demo.countries&tag-run={mark}");
        await caller.GetAsync($"/v3/maps/carto_dw/table?name=demo.countries&tag-run={mark}");
        var refused = await caller.GetAsync($"/v3/maps/carto_dw/table?name=demo.airports&tag-run={mark}");
        string[] lines = [];
        await Wait.UntilAsync("all calls are written", async () =>
        {
            lines = (await owner.GetStringAsync(new Uri($"/v3/activity?tag=run:{mark}", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            return lines.Length == 6;
        }, Limit);

        Assert.Equal(429, (int)refused.StatusCode);
        var id = token.GetProperty("id").GetString();
        Assert.All(lines.Skip(1), line => Assert.Contains($",token,{id},,,GET,maps,table", line, StringComparison.Ordinal));
        var ends = lines.Skip(1).Select(line => line.Split("}\",")[1].Split(',')).ToArray();
        Assert.Equal(["200", "200", "403", "403", "429"], ends.Select(end => end[0]));
        Assert.Equal(["MISS", "HIT"], ends.Take(2).Select(end => end[1]));
        Assert.All(lines.Skip(1).Take(2), line => Assert.EndsWith($",{size}", line, StringComparison.Ordinal));
        Assert.All(lines.Skip(1).Take(2), line => Assert.True(long.Parse(line.Split(',')[^2], System.Globalization.CultureInfo.InvariantCulture) > 0, line));
        // Sums come to rest before they are handed over. Who was refused has used nothing.
        await Wait.UntilAsync("the answered are in the sums of the month", async () =>
        {
            var usage = JsonDocument.Parse(await owner.GetStringAsync(new Uri("/v3/usage", UriKind.Relative))).RootElement;
            return usage.GetProperty("callers").EnumerateArray().Any(line => line.GetProperty("id").GetString() == id && line.GetProperty("requests").GetInt64() == 4);
        }, Limit);
    }

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Caller_who_has_used_up_his_month_is_refused_until_the_next_and_others_are_not(string topology)
    {
        var status = await platforms.GetAsync(topology);
        using var owner = TestPlatform.CreateClient(status);
        using var thrifty = CallerOf(owner, await TokenAsync(owner, """{"requests_per_month":3}"""));
        using var other = CallerOf(owner, await TokenAsync(owner, """{"requests_per_month":3000}"""));
        var tile = new Uri("/v3/maps/carto_dw/table/0/0/0?name=demo.airports&formatTiles=mvt", UriKind.Relative);

        var answers = new List<HttpResponseMessage>();
        // What is used is heard of once it has been summed: a few seconds later.
        await Wait.UntilAsync("the month is used up", async () =>
        {
            answers.Add(await thrifty.GetAsync(tile));
            return answers[^1].StatusCode == HttpStatusCode.TooManyRequests;
        }, Limit);

        Assert.True(answers.Count > 3, $"Refused after {answers.Count - 1}");
        Assert.All(answers.SkipLast(1), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Contains("used up", await answers[^1].Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(answers[^1].Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(1), TimeSpan.FromDays(31));
        // Another edge may hear of it later.
        await Wait.UntilAsync("queries are refused as well", async () =>
        {
            using var query = await thrifty.GetAsync(new Uri("/v3/sql/carto_dw/query?q=SELECT%201", UriKind.Relative));
            return query.StatusCode == HttpStatusCode.TooManyRequests;
        }, Limit);
        using var others = await other.GetAsync(tile);
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
    }

    private static async Task<JsonElement> TokenAsync(HttpClient owner, string limits)
    {
        using var made = await owner.PostAsync("/v3/tokens", new StringContent(
            $$"""{"grants":[{"connection_name":"carto_dw","source":"demo.airports"}],"limits":{{limits}}}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")));
        return JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement;
    }

    private static HttpClient CallerOf(HttpClient owner, JsonElement token)
    {
        var caller = new HttpClient { BaseAddress = owner.BaseAddress };
        caller.DefaultRequestHeaders.Authorization = new("Bearer", token.GetProperty("token").GetString());
        return caller;
    }
}
