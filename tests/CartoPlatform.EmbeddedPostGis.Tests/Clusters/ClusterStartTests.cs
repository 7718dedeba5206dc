using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ClusterStartTests : ClusterTest
{
    [Fact]
    public async Task First_start_makes_databases_that_each_role_can_open()
    {
        var cluster = await StartAsync();

        Assert.Equal("carto_dw carto_owner", await AskAsync(cluster.Connections.Owner, "SELECT current_database() || ' ' || current_user"));
        Assert.Equal("carto_dw carto_reader", await AskAsync(cluster.Connections.Reader, "SELECT current_database() || ' ' || current_user"));
        Assert.Equal("carto_platform carto_platform", await AskAsync(cluster.Connections.Metadata, "SELECT current_database() || ' ' || current_user"));
        Assert.Equal("POINT(1 2)", await AskAsync(cluster.Connections.Reader, "SELECT ST_AsText(ST_Point(1, 2))"));
    }

    [Fact]
    public async Task Settings_fit_tiles_and_keep_the_server_on_loopback()
    {
        var cluster = await StartAsync();

        Assert.Equal(
            $"off 64MB 127.0.0.1 '{cluster.SocketFolder}' logical on UTC UTF8 on",
            await AskAsync(
                cluster.Connections.Admin(PlatformLogins.DataDatabase),
                """
                SELECT concat_ws(' ', current_setting('jit'), current_setting('shared_buffers'), current_setting('listen_addresses'),
                    quote_literal(current_setting('unix_socket_directories')), current_setting('wal_level'), current_setting('track_commit_timestamp'),
                    current_setting('timezone'), current_setting('server_encoding'), current_setting('data_checksums'))
                """));
    }

    [Fact]
    public async Task Durable_cluster_forces_changes_to_the_disk()
    {
        var cluster = await StartAsync(isDurable: true);

        Assert.Equal("on on", await AskAsync(cluster.Connections.Owner, "SELECT current_setting('fsync') || ' ' || current_setting('full_page_writes')"));
    }

    [Fact]
    public async Task Alter_system_of_the_address_does_not_open_the_server()
    {
        var cluster = await StartAsync();
        await AskAsync(cluster.Connections.Admin("postgres"), "ALTER SYSTEM SET listen_addresses = '*'");
        await cluster.StopAsync(CancellationToken.None);

        var again = await StartAsync();

        Assert.Equal("127.0.0.1", await AskAsync(again.Connections.Owner, "SHOW listen_addresses"));
    }

    [Fact]
    public async Task Second_start_adopts_the_running_server()
    {
        var first = await StartAsync();

        var second = await StartAsync();

        Assert.Equal(first.Process, second.Process);
    }

    [Fact]
    public async Task Restart_keeps_port_data_and_passwords()
    {
        var first = await StartAsync();
        await AskAsync(first.Connections.Owner, "CREATE TABLE public.kept AS SELECT 42 AS answer");
        await first.StopAsync(CancellationToken.None);
        Assert.False(first.IsAlive);

        var second = await StartAsync();

        Assert.Equal(first.Connections.Owner, second.Connections.Owner);
        Assert.Equal(42, await AskAsync(second.Connections.Reader, "SELECT answer FROM public.kept"));
    }

    [Fact]
    public async Task Wrong_password_is_refused()
    {
        var cluster = await StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(cluster.Connections.Owner) { Password = "wrong" }.ConnectionString;

        var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(wrong, "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task Socket_is_in_a_folder_that_only_the_servers_account_enters_and_asks_for_passwords()
    {
        var cluster = await StartAsync();
        var near = new NpgsqlConnectionStringBuilder(cluster.Connections.Reader) { Host = cluster.SocketFolder };
        Assert.Equal(1, await AskAsync(near.ConnectionString, "SELECT 1"));
        Assert.True(await AskAsync(near.ConnectionString, "SELECT inet_server_addr()") is DBNull or null);

        near.Password = "wrong";
        var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(near.ConnectionString, "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(cluster.SocketFolder!).UnixFileMode);
    }

    [Fact]
    public async Task Lock_of_a_killed_servers_socket_does_not_stop_the_next_start()
    {
        var first = await StartAsync();
        var socket = Path.Combine(first.SocketFolder!, $".s.PGSQL.{first.Port}");
        await first.StopAsync(CancellationToken.None);
        // A number that somebody has: PostgreSQL would take it for a server that still runs.
        await File.WriteAllTextAsync(socket + ".lock", $"{Environment.ProcessId}\n{first.SocketFolder}\n1763761234\n{first.Port}\n{first.SocketFolder}\n");

        var second = await StartAsync();

        Assert.Equal(1, await AskAsync(new NpgsqlConnectionStringBuilder(second.Connections.Reader) { Host = second.SocketFolder }.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Changed_secret_of_a_role_is_taken_over_at_the_next_start()
    {
        var first = await StartAsync();
        await first.StopAsync(CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(Folder, "secrets", "postgres-reader"), "another\n");

        var second = await StartAsync();

        Assert.Contains("Password=another", second.Connections.Reader, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync(second.Connections.Reader, "SELECT 1"));
    }

    [Fact]
    public async Task Lost_password_of_the_superuser_is_one_sentence()
    {
        var first = await StartAsync();
        await first.StopAsync(CancellationToken.None);
        File.Delete(Path.Combine(Folder, "secrets", "postgres-admin"));

        var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());

        Assert.Contains("secrets/postgres-admin", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_may_connect_to_the_databases_but_their_roles()
    {
        var cluster = await StartAsync();
        var reader = PlatformLogins.Reader(new SecretFolder(Folder));
        var elsewhere = new NpgsqlConnectionStringBuilder(cluster.Connections.Metadata) { Username = reader.Name, Password = reader.Password }.ConnectionString;

        var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(elsewhere, "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Server_never_runs_as_root()
    {
        var cluster = await StartAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{cluster.Process!.Value.Id}/status");

        Assert.DoesNotContain("\t0\t", status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_cluster_leaves_no_process()
    {
        var cluster = await StartAsync();

        await cluster.StopAsync(CancellationToken.None);

        Assert.Empty(ServerProcesses.In(DataDirectory));
        Assert.False(File.Exists(Path.Combine(DataDirectory, "postmaster.pid")));
    }
}
