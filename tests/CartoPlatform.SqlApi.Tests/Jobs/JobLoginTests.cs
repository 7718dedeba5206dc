using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;
using Npgsql;

namespace CartoPlatform.SqlApi.Tests.Jobs;

/// <summary>Jobs of tokens that name a login: they run as that role, and row-level security holds.</summary>
public sealed class JobLoginTests(JobFixture fixture) : IClassFixture<JobFixture>, IAsyncLifetime
{
    // A job tells no rows: what it sees goes into the words of an error.
    private const string Confession = "SELECT ('I am ' || current_user || ' and see ' || count(*))::int FROM demo.tenants";

    private readonly string _suffix = Guid.NewGuid().ToString("N")[..12];
    private WorkerHost? _worker;

    private string Connection => $"c-{_suffix}";

    public async Task InitializeAsync()
    {
        await fixture.ExecuteAsync($"""
            CREATE SCHEMA IF NOT EXISTS demo; DROP TABLE IF EXISTS demo.tenants;
            CREATE TABLE demo.tenants AS SELECT i AS id, CASE WHEN i <= 3 THEN 'north_{_suffix}' ELSE 'south_{_suffix}' END AS tenant FROM generate_series(1, 10) AS i;
            ALTER TABLE demo.tenants ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON demo.tenants USING (tenant = current_user);
            """);
        await using (var admin = NpgsqlDataSource.Create(fixture.Sql.Database.AdminConnectionString))
        {
            await using var command = admin.CreateCommand($"""
                CREATE ROLE north_{_suffix} LOGIN PASSWORD 'only-in-tests';
                GRANT CONNECT ON DATABASE {fixture.Sql.Database.DatabaseName} TO north_{_suffix};
                GRANT USAGE ON SCHEMA demo TO north_{_suffix}; GRANT SELECT ON demo.tenants TO north_{_suffix};
                """);
            await command.ExecuteNonQueryAsync();
        }

        var login = new NpgsqlConnectionStringBuilder(fixture.Sql.Database.ReaderConnectionString) { Username = $"north_{_suffix}", Password = "only-in-tests" };
        // One that no process remembers anything of.
        fixture.Sql.AddConnection(Connection);
        var connections = fixture.Sql.Workspace.Connections;
        connections[Connection] = connections[Connection] with { Logins = [new ConnectionLogin("north", login.ConnectionString, [])] };
        _worker = await WorkerHost.StartAsync(fixture);
    }

    public async Task DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        await using var admin = NpgsqlDataSource.Create(fixture.Sql.Database.AdminConnectionString);
        await using var command = admin.CreateCommand($"DROP OWNED BY north_{_suffix} CASCADE; DROP ROLE north_{_suffix}");
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task Job_runs_as_the_login_and_sees_its_rows_alone()
    {
        var answer = await As("north").TryCreateAsync(Confession, connection: Connection);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Contains($"\"I am north_{_suffix} and see 3\"", await EndAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE demo.made (id int)")]
    [InlineData("UPDATE demo.tenants SET tenant = current_user")]
    [InlineData("SELECT set_config('role', 'none', false); UPDATE demo.tenants SET tenant = current_user")]
    [InlineData("SELECT set_config('row_security', 'off', false); SELECT 1 / (10 - count(*))::int FROM demo.tenants")]
    [InlineData("SELECT set_config('session_authorization', 'SOUTH', false)")]
    public async Task Job_does_not_leave_the_login_and_writes_nothing(string query)
    {
        var answer = await As("north").TryCreateAsync(query.Replace("SOUTH", $"south_{_suffix}", StringComparison.Ordinal), connection: Connection);

        if (answer.Status == HttpStatusCode.OK) Assert.StartsWith("failure", await EndAsync(answer), StringComparison.Ordinal);
        else Assert.True(answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest, answer.Body);
        Assert.Equal(7L, await fixture.AskAsync<long>($"SELECT count(*) FROM demo.tenants WHERE tenant = 'south_{_suffix}'"));
    }

    [Fact]
    public async Task Job_of_a_login_that_the_connection_has_lost_since_does_not_run_under_another()
    {
        await _worker!.StopAsync();
        var answer = await As("north").TryCreateAsync(Confession, connection: Connection);
        var connections = fixture.Sql.Workspace.Connections;
        connections[Connection] = connections[Connection] with { Logins = [], Revision = 2 };

        await using var worker = await WorkerHost.StartAsync(fixture);

        Assert.Equal($"failure: There is no connection {Connection}", await EndAsync(answer));
    }

    /// <summary>What became of it, as it is kept.</summary>
    private async Task<string> EndAsync(SqlAnswer answer)
    {
        var id = answer.Json.GetProperty("jobId").GetString();
        var ended = "";
        await Testing.Platform.Wait.UntilAsync("the job has ended", async () =>
        {
            ended = await fixture.AskAsync<string>($"SELECT status || ': ' || coalesce(error, '') FROM platform.jobs WHERE id = '{id}'");
            return !ended.StartsWith("pending", StringComparison.Ordinal) && !ended.StartsWith("running", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(60));
        return ended;
    }

    private JobClient As(string login)
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(Connection)) with { Login = login };
        fixture.Sql.Add(token);
        return new JobClient(fixture.Sql.Host.As(token));
    }
}
