using CartoPlatform.Auth;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.Tiles.Cells;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>Source, filters and column → a statement of one row → the answer, on the login that can do no more than read.</summary>
internal sealed class StatsRunner(
    LimitedRun limitedRun, ResultStreamer streamer, ModelSources sources, CellExtents cellExtents, RegExpTime regExpTime, IOptions<StatsOptions> options)
{
    // What the client writes into the path when it was not told the spatial column, and the column that it means where there are no cells.
    private const string Unnamed = "undefined";
    private const string DefaultSpatialColumn = "geom";

    /// <returns>Null when the answer is on its way.</returns>
    public async Task<ApiError?> RunAsync(
        Principal principal, DatabasePool pool, StatsRequest request, ResponseOutput output, AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        var (source, refusal) = await sources.AuthorizeAsync(principal, pool, request.Source, cancellationToken);
        if (refusal is not null) return refusal;
        request = request with { Source = source };
        var writer = new StatsWriter();
        return await limitedRun.RunAsync(principal, pool, output, writer, limited => RunAsync(pool, request, writer, output, declaration, limited), cancellationToken);
    }

    // If the table has changed since it was looked up, once more.
    private async Task<ApiError?> RunAsync(
        DatabasePool pool, StatsRequest request, StatsWriter writer, ResponseOutput output, AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(pool, request, writer, output, declaration, cancellationToken);
        }
        catch (PostgresException exception) when (!output.HasStarted && ModelRunner.IsOutdated(exception.SqlState))
        {
            output.Clear();
            sources.Forget(pool);
        }

        return await RunOnceAsync(pool, request, writer, output, declaration, cancellationToken);
    }

    private async Task<ApiError?> RunOnceAsync(
        DatabasePool pool, StatsRequest request, StatsWriter writer, ResponseOutput output, AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        var (rows, error) = await sources.FindAsync(pool, request.Source, declaration, cancellationToken);
        if (rows is null) return error;
        var spatial = request.Cells?.Name ?? DefaultSpatialColumn;
        if ((ColumnReference.Find(rows.Columns, request.Column) ?? (request.Column == Unnamed ? ColumnReference.Find(rows.Columns, spatial) : null)) is not { } column)
            return ApiError.ColumnNotFound(request.Column == Unnamed ? spatial : request.Column);

        var values = rows.CreateParameters();
        string? condition = null;
        if (request.Source.Filters is { } filters
            && !FilterCompiler.TryCompile(filters, request.Source.FiltersTogether, rows.Columns, values, out condition, out error)) return error;

        var context = new StatsContext(rows, column, values, condition, options.Value.MaxRows);
        error = await regExpTime.RunAsync(
            values,
            limited => request.Cells is { } scheme && !column.Column.IsSpatial
                ? MeasureCellsAsync(pool, context, scheme, output, limited)
                : AskAsync(pool, context, writer, output, limited),
            cancellationToken);
        if (error is null && declaration is not null) await declaration.EndAsync(output, cancellationToken);
        return error;
    }

    private async Task<ApiError?> MeasureCellsAsync(
        DatabasePool pool, StatsContext context, CellScheme scheme, ResponseOutput output, CancellationToken cancellationToken)
    {
        var column = context.Column.Column;
        if (!CellColumn.CanHold(column)) return ApiError.BadRequest($"The column {column.Name} holds no {scheme.Name} cells");
        var (bounds, isExact) = await cellExtents.FindAsync(pool, context, scheme, cancellationToken);
        StatsWriter.WriteExtent(column.Name, bounds, isExact, output.Buffer);
        return null;
    }

    private async Task<ApiError?> AskAsync(
        DatabasePool pool, StatsContext context, StatsWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        var statement = await WriteAsync(pool, context, cancellationToken);
        writer.Prepare(context.Column.Column.Name, statement);
        var (open, described) = await pool.Describer.OpenReaderAsync(pool, statement.Sql, context.Values, cancellationToken);
        await using var connection = open;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return await streamer.StreamAsync(connection, ResultStatement.Read(described), writer, output, cancellationToken);
    }

    private static async ValueTask<StatsStatement> WriteAsync(DatabasePool pool, StatsContext context, CancellationToken cancellationToken)
    {
        // A column of geometry has come from PostGIS, which nobody drops between two requests.
        if (!context.Column.Column.IsSpatial) return AttributeStats.Write(context);
        return ExtentStats.Write(context, await pool.SpatialSchema.FindAsync(cancellationToken) ?? "public");
    }
}
