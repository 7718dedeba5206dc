using System.Text.Json;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Summaries;

/// <summary>
/// Summaries of sources: exact for small ones, from the planner's statistics for large ones until they have been measured in the background.
/// Where row-level security is active in what is read, statistics would tell of rows of others: then exact or nothing.
/// </summary>
internal sealed class SourceFacts(MeasuredSummaries measured, IOptions<SummaryOptions> options, TimeProvider time)
{
    private static readonly TimeSpan ExactTimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Without bounds.</summary>
    public async Task<SourceSummary> CountAsync(MapSource source, CancellationToken cancellationToken)
    {
        var estimate = await EstimateRowsAsync(source, cancellationToken);
        if (estimate > options.Value.MaxWaitRows) return measured.Find(source) ?? new SourceSummary(estimate, null) { IsProvisional = measured.IsComing(source) };
        return await ReadAsync(source, "NULL::box2d", $"FROM {source.FromSql} {source.WhereSql}", [], cancellationToken) ?? new SourceSummary(estimate, null);
    }

    public async Task<SourceSummary> SummarizeAsync(MapSource source, CancellationToken cancellationToken)
    {
        var estimate = await EstimateRowsAsync(source, cancellationToken);
        if (estimate > options.Value.MaxWaitRows)
        {
            if (measured.Find(source) is { } known) return known;
            if (await EstimateBoundsAsync(source, cancellationToken) is { } bounds) return new SourceSummary(estimate, bounds) { IsProvisional = measured.IsComing(source) };
        }

        // A large view or query has no statistics of its own: it is measured too, as far as the time limit allows.
        var exact = await ReadAsync(source, $"ST_Extent({source.Spatial.Sql})", $"FROM {source.FromSql} {source.WhereSql}", [], cancellationToken);
        return exact ?? new SourceSummary(estimate, null);
    }

    // Statistics on geography are about boxes in space, which say nothing about degrees.
    private async Task<Bounds?> EstimateBoundsAsync(MapSource source, CancellationToken cancellationToken)
    {
        if (source is not { Relation: { EstimatedRows: not null } relation, IsWhole: true, Spatial.Column: { Kind: ColumnKind.Geometry } column }) return null;
        return (await ReadAsync(source, "ST_EstimatedExtent($1, $2, $3)", "", [relation.Schema, relation.Name, column.Name], cancellationToken))?.Bounds;
    }

    /// <returns>Null where statistics may not tell.</returns>
    private static async Task<long?> EstimateRowsAsync(MapSource source, CancellationToken cancellationToken)
    {
        if (source is { Relation.EstimatedRows: { } rows, IsWhole: true }) return rows;
        if (source.Relation is { IsRowSecured: true }) return null;

        // The planner knows about views, queries and conditions without running them. With row_security off it refuses what a policy
        // would change for this login, at whatever depth of views: it alone knows.
        await using var connection = await source.Pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var setting = new NpgsqlCommand("SET LOCAL row_security = off", connection)) await setting.ExecuteNonQueryAsync(cancellationToken);
        await using var command = source.CreateCommand($"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source.FromSql} {source.WhereSql}", connection);
        try
        {
            using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
            return (long)plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    /// <returns>Null when it took too long.</returns>
    private async Task<SourceSummary?> ReadAsync(MapSource source, string extent, string from, object[] values, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ExactTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await source.Pool.Reader.OpenConnectionAsync(linked.Token);
            return await SourceExtent.MeasureAsync(source, extent, from, values, connection, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
