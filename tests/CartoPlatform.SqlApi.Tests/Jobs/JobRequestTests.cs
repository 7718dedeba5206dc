using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Jobs;

/// <summary>What the API answers while no worker runs.</summary>
public sealed class JobRequestTests(JobFixture fixture) : IClassFixture<JobFixture>
{
    [Fact]
    public async Task New_job_is_pending_and_tells_what_it_is()
    {
        var answer = await fixture.Owner.TryCreateAsync("INSERT INTO a VALUES ($1, 'ñ 🗾')", new JsonArray(1));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("no-store", answer.Message.Headers.CacheControl?.ToString());
        Assert.Equal(["jobId", "externalId", "connection", "query", "status", "createdAt"], answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(answer.Json.GetProperty("jobId").GetGuid(), answer.Json.GetProperty("externalId").GetGuid());
        Assert.Equal("INSERT INTO a VALUES ($1, 'ñ 🗾')", answer.Json.GetProperty("query").GetString());
        Assert.Equal("pending", answer.Json.GetProperty("status").GetString());
        Assert.EndsWith("Z", answer.Json.GetProperty("createdAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(answer.Body, (await fixture.Owner.GetAsync(answer.Json.GetProperty("externalId").GetString()!)).Body);
    }

    [Theory]
    [InlineData("{}", "The parameter query is missing")]
    [InlineData("""{"q": "SELECT 1"}""", "The parameter query is missing")]
    [InlineData("""{"query": null}""", "The parameter query is missing")]
    [InlineData("""{"query": 1}""", "The parameter query must be a text")]
    [InlineData("""{"query": ""}""", "The SQL text is empty")]
    [InlineData("""{"query": " ; -- x\n ;"}""", "The SQL text is empty")]
    [InlineData("""{"query": "SELECT '\u0000'"}""", "The SQL text holds a NUL character")]
    [InlineData("""{"query": "SELECT '\ud800'"}""", "The parameter query is not valid Unicode")]
    [InlineData("""{"\ud800": 1}""", "A name in the request body is not valid Unicode")]
    [InlineData("""{"query": "SELECT 1", "query": "SELECT 2"}""", "names a member twice")]
    [InlineData("""{"query": "SELECT $1"}""", "queryParameters has no value for $1")]
    [InlineData("""{"query": "SELECT 1", "queryParameters": 1}""", "queryParameters must be a JSON array or object")]
    [InlineData("""{"query": "SELECT 1; COMMIT; SELECT 2"}""", "Statements about the session")]
    [InlineData("""{"query": "begin"}""", "Statements about the session")]
    [InlineData("""{"query": "SELECT 1; /* x */ prepare transaction 'x'"}""", "Statements about the session")]
    [InlineData("[]", "The request body must be a JSON object")]
    [InlineData("{", "The request body is not valid JSON")]
    [InlineData("", "The request body is not valid JSON")]
    public async Task Request_that_is_wrong_is_400_and_says_why(string body, string error)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await fixture.Owner.SendAsync(HttpMethod.Post, "main/job", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(error, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_or_values_over_their_size_are_400()
    {
        var text = await fixture.Owner.TryCreateAsync($"SELECT '{new string('x', 1_000_000)}'");
        var values = await fixture.Owner.TryCreateAsync("SELECT $1", new JsonArray(new string('x', 1_000_000)));
        var statements = await fixture.Owner.TryCreateAsync(string.Concat(Enumerable.Repeat("SELECT 1;", 1_001)));

        Assert.Contains("longer than 1000000 characters", text.Error, StringComparison.Ordinal);
        Assert.Contains("longer than 1000000 characters", values.Error, StringComparison.Ordinal);
        Assert.Contains("more than 1000 statements", statements.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_that_is_not_json_is_415()
    {
        using var form = new FormUrlEncodedContent([new("query", "SELECT 1")]);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await fixture.Owner.SendAsync(HttpMethod.Post, "main/job", form)).Status);
    }

    [Fact]
    public async Task Request_without_token_is_401()
    {
        var anonymous = new JobClient(fixture.Sql.Host.Anonymous);

        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.TryCreateAsync("SELECT 1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(Guid.NewGuid().ToString())).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.CancelAsync(Guid.NewGuid().ToString())).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.SendAsync(HttpMethod.Get, "jobs")).Status);
    }

    [Theory]
    [InlineData("CREATE TABLE b (id int)")]
    [InlineData("INSERT INTO platform.jobs DEFAULT VALUES")]
    [InlineData("WITH w AS (DELETE FROM pg_catalog.pg_class RETURNING oid) SELECT * FROM w")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("DO $$BEGIN END$$")]
    [InlineData("VACUUM")]
    [InlineData("SELECT 1 INTO b")]
    public async Task Job_that_writes_by_a_token_that_may_not_is_403(string query)
    {
        var answer = await fixture.Caller.TryCreateAsync(query);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("take a token that may write", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_that_writes_on_a_connection_without_such_a_login_is_403()
    {
        fixture.Sql.AddConnection("readonly", withWriter: false);

        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Owner.TryCreateAsync("CREATE TABLE b (id int)", connection: "readonly")).Status);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Owner.TryCreateAsync("SELECT 1", connection: "readonly")).Status);
    }

    [Theory]
    [InlineData("other", "*", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "demo.*", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "SELECT 2", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "SELECT 1", "sql", HttpStatusCode.OK)]
    [InlineData("main", "*", "maps", HttpStatusCode.Forbidden)]
    public async Task Grant_decides(string connection, string source, string api, HttpStatusCode status)
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(connection, source)) with { AllowedApis = [api] };
        fixture.Sql.Add(token);

        Assert.Equal(status, (await new JobClient(fixture.Sql.Host.As(token)).TryCreateAsync("SELECT 1")).Status);
    }

    [Fact]
    public async Task Unknown_connection_is_404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Owner.TryCreateAsync("SELECT 1", connection: "nowhere")).Status);

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("1")]
    [InlineData("'%20OR%20true--")]
    [InlineData("%7B00000000-0000-0000-0000-000000000000%7D")]
    [InlineData("..%2F..%2Fquery")]
    public async Task Unknown_id_is_404(string id)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Owner.GetAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Owner.CancelAsync(id)).Status);
    }

    [Fact]
    public async Task Job_is_seen_by_its_token_and_the_owner_of_its_account_alone()
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection)) with { AccountId = fixture.Sql.Owner.AccountId };
        var stranger = SqlFixture.Token(isOwner: true);
        fixture.Sql.Add(token);
        fixture.Sql.Add(stranger);
        var own = new JobClient(fixture.Sql.Host.As(token));
        var id = await own.CreateAsync("SELECT 1");

        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync(id)).Status);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Owner.GetAsync(id)).Status);
        foreach (var other in new[] { fixture.Caller, new JobClient(fixture.Sql.Host.As(stranger)) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(id)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await other.CancelAsync(id)).Status);
            Assert.DoesNotContain(id, (await other.SendAsync(HttpMethod.Get, "jobs")).Body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync(id, "other")).Status);
        Assert.Equal("pending", await own.StatusAsync(id));
    }

    [Fact]
    public async Task List_is_paged_and_newest_first()
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection));
        fixture.Sql.Add(token);
        var client = new JobClient(fixture.Sql.Host.As(token));
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await client.CreateAsync($"SELECT {i} /* {new string('x', 2_000)} */ AS n"));

        var listed = new List<string>();
        for (var page = 1; page <= 4; page++)
        {
            var list = (await client.SendAsync(HttpMethod.Get, $"jobs?page={page}&pageSize=2")).Json;
            Assert.Equal(5, list.GetProperty("total").GetInt32());
            Assert.Equal(page, list.GetProperty("page").GetInt32());
            Assert.All(list.GetProperty("jobs").EnumerateArray(), job => Assert.Equal(1_000, job.GetProperty("query").GetString()!.Length));
            listed.AddRange(list.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("jobId").GetString()!));
        }

        Assert.Equal(ids, listed);
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=-1")]
    [InlineData("page=x")]
    [InlineData("page=99999999999999999999")]
    [InlineData("pageSize=0")]
    [InlineData("pageSize=101")]
    [InlineData("pageSize=1.5")]
    [InlineData("page=1&page=2")]
    public async Task Page_that_is_none_is_400(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Owner.SendAsync(HttpMethod.Get, $"jobs?{query}")).Status);

    [Fact]
    public async Task Head_tells_what_get_would_answer()
    {
        var id = await fixture.Owner.CreateAsync("SELECT 1");

        foreach (var path in new[] { "jobs", $"{SqlFixture.Connection}/job/{id}" })
        {
            var answer = await fixture.Owner.SendAsync(HttpMethod.Head, path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal("application/json", answer.Message.Content.Headers.ContentType?.MediaType);
            Assert.Empty(answer.Body);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Owner.SendAsync(HttpMethod.Head, $"{SqlFixture.Connection}/job/{Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task Flood_of_jobs_is_429_for_its_token_alone()
    {
        using var host = fixture.Sql.Start(("Sql:Jobs:MaxPending", "5"));
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection));
        fixture.Sql.Add(token);
        var client = new JobClient(host.As(token));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.TryCreateAsync("SELECT 1")));

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
            Assert.NotNull(answer.Message.Headers.RetryAfter);
        });
        Assert.Equal(HttpStatusCode.OK, (await new JobClient(host.Caller).TryCreateAsync("SELECT 1")).Status);
    }

    [Fact]
    public async Task Waiting_job_is_cancelled_at_once_and_stays_so()
    {
        var id = await fixture.Caller.CreateAsync("SELECT 1");

        var cancelled = await fixture.Caller.CancelAsync(id);

        Assert.Equal(HttpStatusCode.OK, cancelled.Status);
        Assert.Equal("cancelled", cancelled.Json.GetProperty("status").GetString());
        Assert.True(cancelled.Json.TryGetProperty("finishedAt", out _));
        Assert.Equal(cancelled.Body, (await fixture.Caller.CancelAsync(id)).Body);
    }

    [Fact]
    public async Task Metadata_database_out_of_reach_is_503_and_queries_are_answered()
    {
        using var host = fixture.Sql.Start(("Metadata:ConnectionString", fixture.Sql.Database.OwnerConnectionString + ";Port=1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await new JobClient(host.Owner).TryCreateAsync("SELECT 1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Owner.GetAsync("SELECT 1")).Status);
    }
}
