using System.Net.Sockets;
using System.Text;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What is answered before the pipeline is what the pipeline would have answered, byte for byte, and no more than it would have.</summary>
public sealed class EarlyAnswerTests(EarlyAnswerTests.Behind behind) : IClassFixture<EarlyAnswerTests.Behind>
{
    private const string Plain = "GET {url} HTTP/1.1\nHost: a.example\nAuthorization: Bearer {token}\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CacheFixture _fixture = behind.Cache;

    // Each with whether the pipeline sees nothing of it, once it is known; what the server refuses it never sees.
    [Theory]
    [InlineData(Plain, true)]
    [InlineData(Plain + "Accept-Encoding: gzip\n", true)]
    [InlineData(Plain + "Accept-Encoding: gzip, deflate, br, zstd\nAccept: */*\nReferer: http://app.example/\nSec-Fetch-Mode: cors\n", true)]
    [InlineData(Plain + "Origin: http://app.example\nAccept-Encoding: br\n", true)]
    [InlineData(Plain + "If-None-Match: {tag}\n", true)]
    [InlineData(Plain + "Accept-Encoding: br\nOrigin: http://app.example\nIf-None-Match: {brotli tag}\n", true)]
    [InlineData(Plain + "If-None-Match: W/{tag}\n", false)]
    [InlineData(Plain + "If-None-Match: \"a\", {tag}\n", false)]
    [InlineData(Plain + "If-None-Match: *\n", false)]
    [InlineData(Plain + "If-None-Match: \"other\"\n", false)]
    [InlineData(Plain + "If-None-Match: \"a\"\nIf-None-Match: {tag}\n", false)]
    [InlineData(Plain + "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\n", true)]
    [InlineData(Plain + "Range: bytes=0-1\nIf-Range: {tag}\n", true)]
    [InlineData(Plain + "If-Match: \"other\"\n", true)]
    [InlineData(Plain + "Content-Length: 3\n\nabc", true)]
    [InlineData(Plain + "Transfer-Encoding: chunked\n\n3\nabc\n0\n\n", true)]
    [InlineData(Plain + "Expect: 100-continue\n", true)]
    [InlineData(Plain + "X-HTTP-Method-Override: DELETE\n", true)]
    [InlineData(Plain + "X-Carto-Caller: x\n", true)]
    [InlineData(Plain + "Cache-Control: max-age=3600\n", false)]
    [InlineData(Plain + "Cache-Control: no-cache\n", false)]
    [InlineData(Plain + "Pragma: no-cache\n", false)]
    [InlineData(Plain + "Cookie: a=b\n", false)]
    [InlineData(Plain + "X-Cache-Debug: 1\n", false)]
    [InlineData(Plain + "X-Forwarded-For: 1.2.3.4\n", false)]
    [InlineData(Plain + "X-Forwarded-Host: b.example\nX-Forwarded-Proto: https\n", false)]
    [InlineData(Plain + "Authorization: Bearer {token}\n", false)]
    [InlineData("HEAD {url} HTTP/1.1\nHost: a.example\nAuthorization: Bearer {token}\n", false)]
    [InlineData("POST {url} HTTP/1.1\nHost: a.example\nAuthorization: Bearer {token}\nContent-Length: 0\n", false)]
    [InlineData("OPTIONS {url} HTTP/1.1\nHost: a.example\nOrigin: http://app.example\nAccess-Control-Request-Method: GET\n", false)]
    [InlineData("GET {url} HTTP/1.1\nHost: a.example\n", false)]
    [InlineData("GET {url} HTTP/1.1\nHost: a.example\nAuthorization: Bearer x.y.z\n", false)]
    [InlineData("GET {url}&access_token={token} HTTP/1.1\nHost: a.example\n", true)]
    [InlineData("GET {url}&client=x&tag-a=b HTTP/1.1\nHost: a.example\nAuthorization: bearer {token}\n", true)]
    [InlineData("GET http://a.example{url} HTTP/1.1\nHost: a.example\nAuthorization: Bearer {token}\n", true)]
    [InlineData("GET http://a.example{url} HTTP/1.1\nHost: b.example\nAuthorization: Bearer {token}\n", true)]
    [InlineData("GET {url} HTTP/1.1\nAuthorization: Bearer {token}\n", true)]
    [InlineData("GET {url} HTTP/1.1\nHost: a.example\nHost: b.example\nAuthorization: Bearer {token}\n", true)]
    [InlineData("GET {url} HTTP/1.0\nAuthorization: Bearer {token}\n", true)]
    public async Task Answer_is_the_one_of_the_pipeline(string template, bool isEarly)
    {
        var host = behind.Host;
        foreach (var url in await WarmAsync(host))
        {
            var text = await FillAsync(host, template, url);
            string inPipeline;
            using (host.WatchRequests())
            {
                // The first takes note of how it is answered.
                await AskAsync(host, text);
                inPipeline = await AskAsync(host, text);
            }

            var before = host.PipelineRequests;
            var early = await AskAsync(host, text);
            Assert.Equal(inPipeline, early);
            Assert.Equal((text, isEarly ? 0 : 1), (text, Math.Min(1, host.PipelineRequests - before)));
        }
    }

    [Fact]
    public async Task Rate_counts_early_answers_and_its_headers_are_the_same()
    {
        var host = behind.Host;
        var token = _fixture.AddToken(["sql", "maps"], new GrantRecord("main")) with { Limits = new CallerLimits { RequestsPerMinute = 1, Burst = 6 } };
        _fixture.Maps.Workspace.Tokens[token.Id] = token;
        using var client = host.As(token);
        var url = $"/v3/maps/main/table/0/0/0?name={await _fixture.CreateTableAsync()}";
        var answers = new List<Answer>();
        var before = host.PipelineRequests;
        for (var request = 0; request < 7; request++) answers.Add(await client.AskAsync(url));

        Assert.Equal(["MISS", "HIT", "HIT", "HIT", "HIT", "HIT", ""], answers.Select(answer => answer.Cache));
        Assert.Equal(["5", "4", "3", "2", "1", "0", "0"], answers.Select(answer => answer.Header("RateLimit-Remaining")));
        Assert.Equal(429, (int)answers[6].Status);
        // Whoever is over his rate is told so by the pipeline.
        Assert.Equal(3, host.PipelineRequests - before);
    }

    [Fact]
    public async Task Token_that_is_taken_away_and_data_that_change_end_early_answers()
    {
        var host = behind.Host;
        var token = _fixture.AddToken(["sql", "maps"], new GrantRecord("main"));
        using var client = host.As(token);
        var table = await _fixture.CreateTableAsync();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        await UntilEarlyAsync(host, client, url);

        await _fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        await Wait.UntilAsync("the deletion is answered", async () => (await client.AskAsync(url)).Body.Contains("\"n\":4", StringComparison.Ordinal), Limit);

        await UntilEarlyAsync(host, client, url);
        _fixture.Maps.Workspace.Tokens.Remove(token.Id, out _);
        host.AskAgain();
        await Wait.UntilAsync("the token is refused", async () => (int)(await client.AskAsync(url)).Status == 401, Limit);
    }

    [Fact]
    public async Task Caller_who_leaves_in_the_middle_of_an_early_answer_harms_nobody()
    {
        var host = behind.Host;
        using var client = host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT repeat(md5(id::text), 20000) AS x FROM {await _fixture.CreateTableAsync()}";
        await UntilEarlyAsync(host, client, url);
        for (var caller = 0; caller < 20; caller++)
        {
            using var leaving = new CancellationTokenSource();
            using var answer = await client.GetAsync(new Uri(url, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, leaving.Token);
            await leaving.CancelAsync();
        }

        var before = host.PipelineRequests;
        var whole = await client.AskAsync(url);
        Assert.Equal((before, "HIT"), (host.PipelineRequests, whole.Cache));
        Assert.EndsWith("}", whole.Body, StringComparison.Ordinal);
    }

    private static Task UntilEarlyAsync(CacheHost host, HttpClient client, string url) => Wait.UntilAsync("it is answered early", async () =>
    {
        var before = host.PipelineRequests;
        return (await client.AskAsync(url)).Cache == "HIT" && host.PipelineRequests == before;
    }, Limit);

    private async Task<string[]> WarmAsync(CacheHost host)
    {
        var table = await _fixture.CreateTableAsync();
        string[] urls = [$"/v3/maps/main/table/0/0/0?name={table}", $"/v3/sql/main/query?q=SELECT%20repeat('x',%204000)%20AS%20x%20FROM%20{table}"];
        using var client = host.Owner();
        foreach (var url in urls)
        {
            foreach (var coding in (string[])["identity", "gzip", "br"])
            {
                await Wait.UntilAsync("it is kept", async () => (await client.AskAsync(url, headers: ("Accept-Encoding", coding))).Cache == "HIT", Limit);
            }
        }

        return urls;
    }

    private static async Task<string> FillAsync(CacheHost host, string template, string url)
    {
        using var client = host.Owner();
        var tag = (await client.AskAsync(url)).Header("ETag");
        var brotli = (await client.AskAsync(url, headers: ("Accept-Encoding", "br"))).Header("ETag");
        var head = template.Contains("\n\n", StringComparison.Ordinal) ? template : template + "\n";
        return head.Replace("{url}", url, StringComparison.Ordinal).Replace("{tag}", tag, StringComparison.Ordinal).Replace("{brotli tag}", brotli, StringComparison.Ordinal)
            .Replace("{token}", client.DefaultRequestHeaders.Authorization!.Parameter, StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    /// <summary>All that comes over the wire, but for the moment and the age.</summary>
    private static async Task<string> AskAsync(CacheHost host, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        var stream = client.GetStream();
        // The connection ends behind the answer, with which it is whole.
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", StringComparison.Ordinal)));
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory).WaitAsync(Limit);
        var text = Encoding.Latin1.GetString(memory.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = text[..end].Split("\r\n");
        var lines = head.Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal) && !line.StartsWith("Age: ", StringComparison.Ordinal));
        // In which order headers come means nothing.
        return string.Join('\n', lines.Order(StringComparer.Ordinal)) + "\n" + (head.Any(line => line.StartsWith("Age: ", StringComparison.Ordinal)) ? "aged" : "new") + text[end..];
    }

    /// <summary>A process that hears of changes from another, as edges do: it asks nobody once more, however few requests there are.</summary>
    public sealed class Behind : IAsyncLifetime
    {
        private CacheHost? _host;

        public CacheFixture Cache { get; } = new();

        public CacheHost Host => _host!;

        public async Task InitializeAsync()
        {
            await Cache.InitializeAsync();
            _host = await Cache.StartBehindAsync();
        }

        public Task DisposeAsync() => Cache.DisposeAsync();
    }
}
