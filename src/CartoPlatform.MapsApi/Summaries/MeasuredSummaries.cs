using System.Data;
using CartoPlatform.MapsApi.Builds;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Relations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Summaries;

/// <summary>
/// Exact summaries of large tables, each of one version of its table and for one login: measured in the background when somebody first asks,
/// one at a time, and only where it can be told when the table changes. Filters, queries and tables whose rows a policy chooses have none.
/// </summary>
internal sealed partial class MeasuredSummaries(IOptions<SummaryOptions> options, TimeProvider time, ILogger<MeasuredSummaries> logger) : IAsyncDisposable
{
    private const int MaxSummaries = 10_000;

    private readonly SummaryOptions _options = options.Value;
    private readonly StampedBuilds<Key, SourceSummary> _builds = new(MaxSummaries, time);

    /// <summary>The summary of the source as it was when its reading began. Null where there is none yet: then it is being made, if it can be.</summary>
    public SourceSummary? Find(MapSource source) => KeyOf(source) is { } key && source.Reading.Stamp is { } stamp
        ? _builds.Find(key, stamp, (_, stopping) => BuildAsync(source, stopping))
        : null;

    /// <summary>Whether there will be one, as far as is known.</summary>
    public bool IsComing(MapSource source) => KeyOf(source) is { } key && source.Reading.Stamp is { } stamp && !_builds.IsImpossible(key, stamp);

    public ValueTask DisposeAsync() => _builds.DisposeAsync();

    private Key? KeyOf(MapSource source) => _options.MeasureLarge
        && source is { IsWhole: true, Named: null, Relation: { EstimatedRows: not null, IsRowSecured: false } relation, Spatial.Column: { IsSpatial: true } column }
        ? new Key(source.Pool.Record.Id, source.Pool.Record.Revision, relation.Oid, column.Name)
        : null;

    private async Task<Product<SourceSummary>> BuildAsync(MapSource source, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        try
        {
            var product = await MeasureAsync(source, stopping);
            if (product.Value is { Rows: { } rows }) Report(source.Relation!, rows, time.GetElapsedTime(started));
            return product;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled && !stopping.IsCancellationRequested)
        {
            LogFailed(source.Relation!.Name, $"it takes longer than {_options.ScanTimeLimit.TotalSeconds} s");
            return Product<SourceSummary>.Impossible;
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            LogFailed(source.Relation!.Name, exception.Message);
            return Product<SourceSummary>.Failed;
        }
    }

    private async Task<Product<SourceSummary>> MeasureAsync(MapSource source, CancellationToken cancellationToken)
    {
        await using var database = source.Pool.OpenForScan("CartoPlatform summary", _options.ScanTimeLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        // The first statement takes the snapshot of all: if nothing has changed until now, that is of the version that was asked for.
        await using (var first = new NpgsqlCommand("SELECT 1", connection, transaction)) await first.ExecuteNonQueryAsync(cancellationToken);
        if (!await source.Reading.HoldsAsync(cancellationToken)) return Product<SourceSummary>.Outdated;
        return new Product<SourceSummary>(true, await SourceExtent.MeasureAsync(source, connection, cancellationToken), 1);
    }

    private void Report(Relation relation, long rows, TimeSpan elapsed) => LogMeasured(relation.Schema, relation.Name, rows, elapsed.TotalSeconds);

    [LoggerMessage(EventId = 3301, Level = LogLevel.Information, Message = "{Schema}.{Table} is measured: {Rows} rows, {Seconds} s")]
    private partial void LogMeasured(string schema, string table, long rows, double seconds);

    [LoggerMessage(EventId = 3302, Level = LogLevel.Warning, Message = "{Table} could not be measured: {Reason}")]
    private partial void LogFailed(string table, string reason);

    private sealed record Key(Guid Connection, long Revision, uint Relation, string Column);
}
