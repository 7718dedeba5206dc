using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using CartoPlatform.EmbeddedPostGis.Tests.Clusters;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.EmbeddedPostGis.Tests.Provisioning;

/// <summary>deploy/postgis/init gives a server of one's own what the embedded cluster is given.</summary>
public sealed class DeployDriftTests : ClusterTest
{
    /// <summary>Roles with their settings and memberships, and the two databases.</summary>
    private const string OnServer =
        """
        SELECT string_agg(fact, E'\n' ORDER BY fact) FROM (
            SELECT format('%s %s %s %s %s %s %s %s', rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin, rolconfig) AS fact
            FROM pg_roles WHERE rolname ~ '^carto_' AND rolname <> 'carto_admin'
            UNION ALL SELECT format('%s is in %s', member::regrole, roleid::regrole) FROM pg_auth_members
            UNION ALL SELECT format('%s of %s: %s', datname, datdba::regrole, datacl) FROM pg_database WHERE datname ~ '^carto_') AS facts
        """;

    /// <summary>Rights on the schema, on what is made in it, and on functions; extensions.</summary>
    private const string OnData =
        """
        SELECT string_agg(fact, E'\n' ORDER BY fact) FROM (
            SELECT format('schema public of %s: %s', nspowner::regrole, nspacl) AS fact FROM pg_namespace WHERE nspname = 'public'
            UNION ALL SELECT format('%s by default: %s %s', defaclrole::regrole, defaclobjtype, defaclacl) FROM pg_default_acl
            UNION ALL SELECT format('extension %s', extname) FROM pg_extension
            UNION ALL SELECT format('%s: %s', oid::regprocedure, proacl) FROM pg_proc WHERE proacl IS NOT NULL) AS facts
        """;

    [Fact]
    public async Task Script_for_other_servers_gives_the_rights_of_the_embedded_one()
    {
        var connections = (await StartAsync()).Connections;
        var server = connections.Admin("postgres");
        var embedded = await FactsAsync(server, connections.Admin(PlatformLogins.DataDatabase));
        foreach (var statement in (string[])["DROP DATABASE carto_dw", "DROP DATABASE carto_platform", "DROP ROLE carto_owner, carto_reader, carto_platform"])
            await AskAsync(server, statement);

        var first = await RunScriptAsync(connections.Port);
        var again = await RunScriptAsync(connections.Port);

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(embedded, await FactsAsync(server, connections.Admin(PlatformLogins.DataDatabase)));
        foreach (var login in (string[])[connections.Owner, connections.Reader, connections.Metadata])
            Assert.Equal(1, await AskAsync(login, "SELECT 1"));
    }

    private async Task<CommandResult> RunScriptAsync(int port)
    {
        var secrets = new SecretFolder(Folder);
        var psql = PostgresInstallations.Choose(await PostgresInstallations.FindAsync(CancellationToken.None)).Tool("psql");
        var admin = PlatformLogins.Admin(secrets);
        return await Command.RunAsync(
            psql,
            ["--no-psqlrc", "--file", Script("20-carto.sql"), "--file", Script("30-changes.sql"), "--file", Script("40-functions.sql"), $"host=127.0.0.1 port={port} user={admin.Name} dbname=postgres"],
            TimeSpan.FromMinutes(1),
            new Dictionary<string, string>
            {
                ["PGPASSWORD"] = admin.Password,
                ["CARTO_OWNER_PASSWORD"] = PlatformLogins.Owner(secrets).Password,
                ["CARTO_READER_PASSWORD"] = PlatformLogins.Reader(secrets).Password,
                ["CARTO_PLATFORM_PASSWORD"] = PlatformLogins.Metadata(secrets).Password,
            });
    }

    private static string Script(string name) => Repository.PathOf("deploy", "postgis", "init", name);

    private static async Task<string[]> FactsAsync(string server, string data) =>
        [.. ((string?)await AskAsync(server, OnServer) ?? "").Split('\n'), .. ((string?)await AskAsync(data, OnData) ?? "").Split('\n')];
}
