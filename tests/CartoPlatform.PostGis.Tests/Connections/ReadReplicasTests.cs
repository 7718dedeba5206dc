using CartoPlatform.Contracts.Workspace;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Replicas;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.PostGis;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Connections;

/// <summary>A real primary with a real standby: what lags, dies or is promoted is not read from.</summary>
public sealed class ReadReplicasTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _folder = TestFolder.Create();
    private NpgsqlDataSource _primary = null!;
    private NpgsqlDataSource _owner = null!;
    private NpgsqlDataSource _standby = null!;
    private StreamingReplica _replica = null!;
    private EmbeddedCluster _cluster = null!;
    private ReadReplicas _readers = null!;

    public async Task InitializeAsync()
    {
        var options = new ClusterOptions { DataFolder = Path.Combine(_folder, "data"), IsDurable = false, MemoryBytes = 256 * 1024 * 1024 };
        Directory.CreateDirectory(options.DataFolder);
        _cluster = await EmbeddedCluster.StartAsync(options, new Progress<string>(), TimeProvider.System, CancellationToken.None);
        _replica = await StreamingReplica.StartAsync(options, _cluster, 1, FreePort.Find(), TimeProvider.System, CancellationToken.None);
        _primary = NpgsqlDataSource.Create(_cluster.Connections.Reader);
        _owner = NpgsqlDataSource.Create(_cluster.Connections.Owner);
        _standby = NpgsqlDataSource.Create(_replica.Connections.Admin("carto_dw"));
        _readers = new ReadReplicas(_primary, [NpgsqlDataSource.Create(_replica.Connections.Reader)], TimeProvider.System);
        await ExecuteAsync(_owner, "CREATE TABLE public.counted (n bigint); INSERT INTO public.counted VALUES (0)");
    }

    public async ValueTask DisposeAsync() => await ((IAsyncLifetime)this).DisposeAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _readers.DisposeAsync();
        foreach (var source in new[] { _primary, _owner, _standby }) await source.DisposeAsync();
        await StreamingReplica.RemoveAllAsync(Path.Combine(_folder, "data"), TimeProvider.System, CancellationToken.None);
        await EmbeddedCluster.StopLeftOverAsync(Path.Combine(_folder, "data"), TimeProvider.System, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Replica_shows_what_was_committed_before_and_is_passed_over_while_it_lags()
    {
        // On a busy machine the replica may lag at first, and is left alone for a moment.
        var (n, onReplica) = (0, 0);
        await UntilAsync(async () =>
        {
            await ExecuteAsync(_owner, $"UPDATE public.counted SET n = {++n}");
            var (isReplica, seen) = await ReadAsync();
            Assert.Equal(n, seen);
            if (isReplica) onReplica++;
            return n >= 100 && onReplica > 0;
        });

        await ExecuteAsync(_standby, "SELECT pg_wal_replay_pause()");
        await UntilAsync(async () => (string)(await ScalarAsync(_standby, "SELECT pg_get_wal_replay_pause_state()"))! == "paused");
        await ExecuteAsync(_owner, "UPDATE public.counted SET n = -7");
        for (var read = 0; read < 5; read++) Assert.Equal((false, -7), await ReadAsync());

        await ExecuteAsync(_standby, "SELECT pg_wal_replay_resume()");
        await UntilAsync(async () => await ReadAsync() == (true, -7));

        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _readers.OpenAsync(left.Token));
    }

    [Fact]
    public async Task Login_of_a_token_reads_its_own_rows_from_the_replica_too()
    {
        await using var admin = NpgsqlDataSource.Create(_cluster.Connections.Admin("carto_dw"));
        await ExecuteAsync(admin, "CREATE ROLE tenant_north LOGIN PASSWORD 'only-in-tests'; GRANT CONNECT ON DATABASE carto_dw TO tenant_north");
        await ExecuteAsync(_owner, """
            CREATE TABLE public.rows_of_tenants AS SELECT i AS n, CASE WHEN i <= 3 THEN 'tenant_north' ELSE 'tenant_south' END AS tenant FROM generate_series(1, 10) AS i;
            ALTER TABLE public.rows_of_tenants ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON public.rows_of_tenants USING (tenant = current_user);
            GRANT SELECT ON public.rows_of_tenants TO tenant_north
            """);
        static string As(string text) => new NpgsqlConnectionStringBuilder(text) { Username = "tenant_north", Password = "only-in-tests" }.ConnectionString;
        var connection = new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "replicated",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = _cluster.Connections.Reader,
            WriterConnectionString = _cluster.Connections.Owner,
            ReplicaConnectionStrings = [_replica.Connections.Reader],
            Logins = [new ConnectionLogin("north", As(_cluster.Connections.Reader), [As(_replica.Connections.Reader)])],
        };
        await using var pool = new DatabasePool(ConnectionLogins.For(connection, "north")!, ServerAddresses.AsWritten, new PoolOptions(), TimeProvider.System);
        Assert.Null(pool.Writer);

        await UntilAsync(async () =>
        {
            await using var session = await pool.OpenReaderAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery(), current_user::text, (SELECT count(*) FROM public.rows_of_tenants)", session);
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal(("tenant_north", 3L), (reader.GetString(1), reader.GetInt64(2)));
            return reader.GetBoolean(0);
        });
    }

    [Fact]
    public async Task Loss_of_the_replica_fails_no_read()
    {
        await UntilAsync(async () => (await ReadAsync()).IsReplica);

        _replica.Process.Signal(ProcessSignal.Quit);
        await _replica.Process.WaitForExitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, CancellationToken.None);

        for (var read = 0; read < 20; read++) Assert.Equal((false, 0), await ReadAsync());
    }

    [Fact]
    public async Task Promotion_is_followed_by_a_connection_that_names_both_servers()
    {
        await UntilAsync(async () => (await ReadAsync()).IsReplica);
        var both = new NpgsqlConnectionStringBuilder(_cluster.Connections.Reader)
        {
            Host = $"{ClusterConnections.Host}:{_cluster.Port},{ClusterConnections.Host}:{_replica.Connections.Port}",
            TargetSessionAttributes = "primary",
        };
        // As deploy/make-secrets writes it: a server's part is asked for again after a second.
        both.HostRecheckSeconds = 1;
        await using var pool = new DatabasePool(Connection("two", both.ConnectionString), ServerAddresses.AsWritten, new PoolOptions(), TimeProvider.System);
        await using var changes = new ChangePoller(pool.Record, ServerAddresses.AsWritten, TimeProvider.System, NullLogger.Instance);
        await using var primary = NpgsqlDataSource.Create(both);
        await using var readers = new ReadReplicas(primary, [NpgsqlDataSource.Create(_replica.Connections.Reader)], TimeProvider.System);
        Assert.Equal(0, (await ReadAsync(readers)).N);

        await UntilAsync(() => Task.FromResult(changes.State is not null));
        var (before, counted) = (changes.State!, await OidAsync("public.counted")); // Just waited for.

        await _cluster.StopAsync(CancellationToken.None);
        await ExecuteAsync(_standby, "SELECT pg_promote()");
        await ExecuteAsync(_standby, "UPDATE public.counted SET n = 5");

        // Changes are heard of there, and counted from another beginning: what was lost on the way may not pass for what is there now.
        await UntilAsync(() => Task.FromResult(changes.State is { } now && now.HeardAt > before.HeardAt && now.Incarnation != before.Incarnation
            && now.Versions.GetValueOrDefault(counted) > before.Versions.GetValueOrDefault(counted)));

        // And nobody takes the new primary for a replica of itself.
        await UntilAsync(async () =>
        {
            try
            {
                return await ReadAsync(readers) == (false, 5);
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Standby_tells_changes_of_a_transaction_that_ends_between_older_and_younger_ones()
    {
        await ExecuteAsync(_owner, "CREATE TABLE public.older (n bigint); CREATE TABLE public.younger (n bigint)");
        await using var changes = new ChangePoller(Connection("standby", _replica.Connections.Reader), ServerAddresses.AsWritten, TimeProvider.System, NullLogger.Instance);
        await using var older = await _owner.OpenConnectionAsync();
        await using var middle = await _owner.OpenConnectionAsync();
        await using var first = await BeginAsync(older, "INSERT INTO public.older VALUES (1)");
        await using var second = await BeginAsync(middle, "UPDATE public.counted SET n = 9");
        await ExecuteAsync(_owner, "INSERT INTO public.younger VALUES (1)");
        var (counted, younger) = (await OidAsync("public.counted"), await OidAsync("public.younger"));
        var written = (long)(await ScalarAsync(_owner, $"SELECT version FROM carto.versions(ARRAY[{younger}::oid])"))!;
        await UntilAsync(() => Task.FromResult(changes.State?.VersionOf(younger) == written));
        var before = changes.State!.VersionOf(counted);

        await second.CommitAsync();

        await UntilAsync(() => Task.FromResult(changes.State!.VersionOf(counted) == before + 1));
    }

    private async Task<uint> OidAsync(string name) => (uint)(await ScalarAsync(_owner, $"SELECT '{name}'::regclass::oid"))!;

    private static ConnectionRecord Connection(string name, string reader) =>
        new() { Id = Guid.NewGuid(), Name = name, ProviderId = "postgres", Revision = 1, ReaderConnectionString = reader };

    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, string sql)
    {
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    private Task<(bool IsReplica, long N)> ReadAsync() => ReadAsync(_readers);

    private static async Task<(bool IsReplica, long N)> ReadAsync(ReadReplicas readers)
    {
        await using var connection = await readers.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery(), n FROM public.counted", connection);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return (reader.GetBoolean(0), reader.GetInt64(1));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition()) await Task.Delay(50, limit.Token);
    }
}
