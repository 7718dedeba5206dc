using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Dependencies;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.PostGis.Expressions;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Types;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>The open end of one connection: pools of logins to its database, and the database's catalogue.</summary>
public sealed class DatabasePool : IAsyncDisposable
{
    /// <summary>A server that has moved is followed after this; a name is looked up no more often.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ReadReplicas _readReplicas;
    private long _lookedAt;

    internal DatabasePool(ConnectionRecord record, ServerAddresses servers, PoolOptions options, TimeProvider time)
    {
        (Servers, _lookedAt) = (servers, time.GetTimestamp());
        // Whoever opens sessions of his own takes the settings from here.
        Record = record = ClearText.Refuse(record);
        ConnectionId = record.Id;
        Reader = Build(record.ReaderConnectionString, options, readOnly: true);
        Tables = Build(record.ReaderConnectionString, options, readOnly: true, isForTables: true);
        Writer = record.WriterConnectionString is null ? null : Build(record.WriterConnectionString, options, readOnly: false);
        _readReplicas = new ReadReplicas(
            Reader,
            record.ReplicaConnectionStrings.Where(replica => servers.Knows(new NpgsqlConnectionStringBuilder(replica))).Select(replica => Build(replica, options, readOnly: true)),
            time);
        Catalog = new RelationCatalog(Reader, time);
        Describer = new QueryDescriber(Reader, new TypeCatalog());
        SpatialSchema = new SpatialSchema(Reader);
        Versions = new VersionReader(Tables, time);
        Dependencies = new DependencyMemory(Reader, Catalog);
        LastReadings = new LastReadings(this);
    }

    /// <summary>The connection, as <see cref="Login"/> has it: then its id is one of its own.</summary>
    public ConnectionRecord Record { get; }

    /// <summary>The id under which everybody knows the connection; the record's own where it is not of a login.</summary>
    public Guid ConnectionId { get; init; }

    /// <summary>The login of it that this is; null is its own.</summary>
    public string? Login { get; init; }

    /// <summary>Timestamp at which somebody last asked for it.</summary>
    internal long UsedAt { get; set; }

    /// <summary>The login that user SQL runs under: it can read and nothing more, and its transactions are read-only besides.</summary>
    public NpgsqlDataSource Reader { get; }

    /// <summary>
    /// The reader's login for statements of our own that find a few rows by an index. One plan serves whatever the values
    /// are, and nothing in them can change the session, so that it is not reset before each: both take PostgreSQL longer than a small
    /// tile. A caller's SQL never runs here. Statements are prepared: what runs here runs by <see cref="PreparedStatements"/>.
    /// </summary>
    public NpgsqlDataSource Tables { get; }

    /// <summary>The login for statements that may write, for callers that may; null where the connection has none.</summary>
    public NpgsqlDataSource? Writer { get; }

    public RelationCatalog Catalog { get; }

    public QueryDescriber Describer { get; }

    public SpatialSchema SpatialSchema { get; }

    /// <summary>A connection of the reader's login for rows: on a read replica, where one shows all that is committed by now.</summary>
    public ValueTask<NpgsqlConnection> OpenReaderAsync(CancellationToken cancellationToken) => _readReplicas.OpenAsync(cancellationToken);

    /// <summary>One session of the reader's login, outside of the pools, to read a whole table in the background: those of the pools stay free for answers.</summary>
    public NpgsqlDataSource OpenForScan(string applicationName, TimeSpan timeLimit) => Servers.Open(new NpgsqlConnectionStringBuilder(Record.ReaderConnectionString)
    {
        ApplicationName = applicationName,
        Pooling = false,
        CommandTimeout = 0,
        ReadBufferSize = 64 * 1_024,
        Options = $"-c statement_timeout={(long)timeLimit.TotalMilliseconds} -c jit=off -c max_parallel_workers_per_gather=0 {SessionSettings.Forms} {SessionSettings.ReadOnly}",
    });

    /// <summary>Where its servers are.</summary>
    internal ServerAddresses Servers { get; }

    /// <summary>Whether it is time to look again where they are, which one of those who ask is told.</summary>
    internal bool IsToBeLookedFor(TimeProvider time)
    {
        var last = Volatile.Read(ref _lookedAt);
        return Servers.CanChange && time.GetElapsedTime(last) > LookAgainAfter && Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), last) == last;
    }

    internal VersionReader Versions { get; }

    internal DependencyMemory Dependencies { get; }

    internal LastReadings LastReadings { get; }

    public async ValueTask DisposeAsync()
    {
        await _readReplicas.DisposeAsync();
        await Reader.DisposeAsync();
        await Tables.DisposeAsync();
        if (Writer is not null) await Writer.DisposeAsync();
    }

    private NpgsqlDataSource Build(string connectionString, PoolOptions options, bool readOnly, bool isForTables = false)
    {
        var limit = Record.StatementSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.StatementTimeLimit;
        var milliseconds = (long)limit.TotalMilliseconds;
        var settings = $"-c statement_timeout={milliseconds} -c jit=off -c max_parallel_workers_per_gather=0 {SessionSettings.Forms} "
            // Rows of a table come in one order, however many read it at once: pages of a result fit together.
            + "-c synchronize_seqscans=off";
        if (readOnly) settings += $" {SessionSettings.ReadOnly}";
        if (isForTables) settings += " -c plan_cache_mode=force_generic_plan";
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "CartoPlatform",
            MaxPoolSize = Record.MaxConnections ?? options.MaxConnections,
            Timeout = (int)options.AcquireTimeLimit.TotalSeconds,
            // PostgreSQL's own limit comes first; this one is for a server that has stopped answering.
            CommandTimeout = (int)limit.TotalSeconds + 5,
            CancellationTimeout = 2_000,
            // Eight times what Npgsql takes by itself: each time it runs empty, a thread waits for the socket and is woken again.
            ReadBufferSize = 64 * 1_024,
            NoResetOnClose = isForTables,
            // Statements of callers fail and are hardly ever the same; what fails leaves Npgsql in doubt of them (PreparedStatements).
            MaxAutoPrepare = isForTables ? 100 : 0,
            AutoPrepareMinUsages = 2,
            Options = settings,
            IncludeErrorDetail = false,
        };
        return Servers.Open(builder, options.SocketFolder);
    }
}
