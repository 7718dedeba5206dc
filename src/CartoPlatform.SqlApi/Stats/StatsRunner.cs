using CartoPlatform.Auth;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Results;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>Source, filters and column → a statement of one row → the answer, on the login that can do no more than read.</summary>
internal sealed class StatsRunner(LimitedRun limitedRun, ResultStreamer streamer, ModelSources sources, IOptions<StatsOptions> options)
{
    // What the client writes into the path when it was not told the spatial column, and the column that it means.
    private const string Unnamed = "undefined";
    private const string DefaultSpatialColumn = "geom";

    /// <returns>Null when the answer is on its way.</returns>
    public async Task<ApiError?> RunAsync(
        Principal principal, DatabasePool pool, StatsRequest request, ResponseOutput output, CancellationToken cancellationToken)
    {
        if (await ModelSources.AuthorizeAsync(principal, pool, request.Source, cancellationToken) is { } refusal) return refusal;
        var writer = new StatsWriter();
        return await limitedRun.RunAsync(pool, output, writer, limited => RunAsync(pool, request, writer, output, limited), cancellationToken);
    }

    // If the table has changed since it was looked up, once more.
    private async Task<ApiError?> RunAsync(
        DatabasePool pool, StatsRequest request, StatsWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(pool, request, writer, output, cancellationToken);
        }
        catch (PostgresException exception) when (!output.HasStarted && ModelRunner.IsOutdated(exception.SqlState))
        {
            output.Clear();
            sources.Forget(pool);
        }

        return await RunOnceAsync(pool, request, writer, output, cancellationToken);
    }

    private async Task<ApiError?> RunOnceAsync(
        DatabasePool pool, StatsRequest request, StatsWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        var (rows, error) = await sources.FindAsync(pool, request.Source, cancellationToken);
        if (rows is null) return error;
        if (FindColumn(rows, request.Column) is not { } column)
            return ApiError.ColumnNotFound(request.Column == Unnamed ? DefaultSpatialColumn : request.Column);
        if (request.Cells is { } cells && !column.Column.IsSpatial) return ApiError.NotImplemented($"The extent of {cells} cells");

        var values = rows.CreateParameters();
        string? condition = null;
        if (request.Source.Filters is { } filters
            && !FilterCompiler.TryCompile(filters, request.Source.FiltersTogether, rows.Columns, values, out condition, out error)) return error;

        var statement = await WriteAsync(pool, new StatsContext(rows, column, values, condition, options.Value.MaxRows), cancellationToken);
        writer.Prepare(column.Column.Name, statement);
        var (open, described) = await pool.Describer.OpenAsync(pool.Reader, statement.Sql, values, cancellationToken);
        await using var connection = open;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return await streamer.StreamAsync(connection, ResultStatement.Read(described), writer, output, cancellationToken);
    }

    private static ColumnReference? FindColumn(RowSource rows, string name) =>
        ColumnReference.Find(rows.Columns, name) ?? (name == Unnamed ? ColumnReference.Find(rows.Columns, DefaultSpatialColumn) : null);

    private static async ValueTask<StatsStatement> WriteAsync(DatabasePool pool, StatsContext context, CancellationToken cancellationToken)
    {
        // A column of geometry has come from PostGIS, which nobody drops between two requests.
        if (!context.Column.Column.IsSpatial) return AttributeStats.Write(context);
        return ExtentStats.Write(context, await pool.SpatialSchema.FindAsync(cancellationToken) ?? "public");
    }
}
