using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using CartoPlatform.EmbeddedPostGis.Tests.Clusters;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Tests.Provisioning;

/// <summary>No password stands in statistics of statements, in the log or in a file of the server.</summary>
public sealed class PasswordTextTests : ClusterTest
{
    private const string Statistics = "SELECT coalesce(string_agg(query, E'\\n'), '') FROM pg_stat_statements";

    private static readonly string[] UsersOwn = ["of-a-tenant", "of-another-tenant", "in-no-role", "of-another-server", "of-an-older-version"];

    [Fact]
    public async Task No_password_is_kept_in_clear_text()
    {
        var cluster = await StartAsync();
        var admin = cluster.Connections.Admin(PlatformLogins.DataDatabase);
        await AskAsync(admin, $"CREATE ROLE tenant LOGIN PASSWORD '{UsersOwn[0]}'");
        await AskAsync(admin, $"DO $$ BEGIN CREATE ROLE other LOGIN PASSWORD '{UsersOwn[1]}'; END $$");
        await Assert.ThrowsAsync<PostgresException>(() => AskAsync(admin, $"ALTER ROLE nobody PASSWORD '{UsersOwn[2]}'"));
        await AskAsync(admin, $"CREATE EXTENSION postgres_fdw; CREATE SERVER west FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR tenant SERVER west OPTIONS (password '{UsersOwn[3]}')");
        Assert.Equal(42, await AskAsync(admin, "SELECT 42"));

        Assert.Contains("SELECT $1", (string?)await AskAsync(admin, Statistics), StringComparison.Ordinal);
        await AssertForgottenAsync(admin);

        // What a version before has left, which kept texts of such statements.
        await AskAsync(admin, $"SET pg_stat_statements.track_utility = on; ALTER ROLE tenant PASSWORD '{UsersOwn[4]}'");
        Assert.Contains(UsersOwn[4], (string?)await AskAsync(admin, Statistics), StringComparison.Ordinal);
        await cluster.StopAsync(CancellationToken.None);

        await AssertForgottenAsync((await StartAsync()).Connections.Admin(PlatformLogins.DataDatabase));
    }

    [Fact]
    public async Task Passwords_of_roles_that_are_made_are_kept_nowhere_even_where_statistics_keep_all()
    {
        var connections = (await StartAsync()).Connections;
        var admin = connections.Admin(PlatformLogins.DataDatabase);
        await AskAsync(admin, "ALTER SYSTEM SET pg_stat_statements.track_utility = on");
        await AskAsync(admin, "ALTER SYSTEM SET log_statement = 'all'");
        await AskAsync(admin, "SELECT pg_reload_conf()");
        await Wait.UntilAsync(
            "the settings hold",
            async () => await AskAsync(admin, "SELECT current_setting('pg_stat_statements.track_utility') || current_setting('log_statement')") is "onall",
            TimeSpan.FromSeconds(20));

        await PlatformProvisioning.EnsureDatabasesAsync(connections, new SecretFolder(Folder), CancellationToken.None);

        Assert.Contains("GRANT", (string?)await AskAsync(admin, Statistics), StringComparison.Ordinal);
        await AssertForgottenAsync(admin);
        foreach (var text in await TextsAsync(admin)) Assert.DoesNotContain("SCRAM-SHA-256", text, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync(connections.Owner, "SELECT 1"));
    }

    [Fact]
    public async Task Owner_sees_statements_of_his_readers_and_not_those_of_administrators()
    {
        var connections = (await StartAsync()).Connections;
        await using var admin = new NpgsqlConnection($"{connections.Admin(PlatformLogins.DataDatabase)};Pooling=false");
        await using var reader = new NpgsqlConnection($"{connections.Reader};Pooling=false");
        await admin.OpenAsync();
        await reader.OpenAsync();
        foreach (var (session, text) in ((NpgsqlConnection, string)[])[(admin, "SELECT 'of the administrator'"), (reader, "SELECT 'of the reader'")])
        {
            await using var command = new NpgsqlCommand(text, session);
            await command.ExecuteNonQueryAsync();
        }

        var sessions = (string?)await AskAsync(connections.Owner, "SELECT string_agg(query, ' ') FROM pg_stat_activity");

        Assert.Contains("of the reader", sessions, StringComparison.Ordinal);
        Assert.DoesNotContain("of the administrator", sessions, StringComparison.Ordinal);
        Assert.Equal(false, await AskAsync(connections.Owner, "SELECT pg_has_role('pg_read_all_stats', 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')"));
    }

    private async Task AssertForgottenAsync(string admin)
    {
        var secrets = new SecretFolder(Folder);
        string[] passwords = [.. UsersOwn, .. ((Login[])[PlatformLogins.Admin(secrets), PlatformLogins.Owner(secrets), PlatformLogins.Reader(secrets), PlatformLogins.Metadata(secrets)]).Select(login => login.Password)];
        foreach (var text in await TextsAsync(admin))
        {
            foreach (var password in passwords) Assert.DoesNotContain(password, text, StringComparison.Ordinal);
        }
    }

    /// <summary>Statistics, the log, and the file that texts of statements are in.</summary>
    private async Task<string[]> TextsAsync(string admin) =>
    [
        (string?)await AskAsync(admin, Statistics) ?? "",
        (string?)await AskAsync(admin, "SELECT encode(pg_read_binary_file('pg_stat_tmp/pgss_query_texts.stat'), 'escape')") ?? "",
        await File.ReadAllTextAsync(ServerLog.PathIn(DataDirectory)),
    ];
}
