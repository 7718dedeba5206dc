using CartoPlatform.Auth;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Results;
using Npgsql;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Source and filters → the model's statement → rows → answer. It reads, and nothing else: on the login that can do no more.</summary>
internal sealed class ModelRunner(
    LimitedRun limitedRun, ResultStreamer streamer, ModelSources sources, SpatialFilterCompiler spatialFilters, RegExpTime regExpTime, RelationGuard guard)
{
    private const string DefaultSpatialColumn = "geom";

    /// <returns>Null when the answer is on its way.</returns>
    public async Task<ApiError?> RunAsync(
        Principal principal, DatabasePool pool, ModelRequest request, Func<ModelContext, ModelStatement> model, ResponseOutput output,
        AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        (request, var refusal) = await sources.AuthorizeAsync(principal, pool, request, cancellationToken);
        if (refusal is not null) return refusal;
        using var writer = new ModelWriter();
        return await limitedRun.RunAsync(principal, pool, output, writer, limited => RunAsync(pool, request, model, writer, output, declaration, limited), cancellationToken);
    }

    // If the table has changed since it was looked up, once more.
    private async Task<ApiError?> RunAsync(
        DatabasePool pool, ModelRequest request, Func<ModelContext, ModelStatement> model, ModelWriter writer, ResponseOutput output,
        AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(pool, request, model, writer, output, declaration, cancellationToken);
        }
        catch (PostgresException exception) when (!output.HasStarted && IsOutdated(exception.SqlState))
        {
            output.Clear();
            sources.Forget(pool);
        }

        return await RunOnceAsync(pool, request, model, writer, output, declaration, cancellationToken);
    }

    /// <summary>Whether a statement may have failed because a table is no longer as it was described.</summary>
    public static bool IsOutdated(string sqlState) => sqlState
        is PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidColumnReference
        or PostgresErrorCodes.FeatureNotSupported;

    private async Task<ApiError?> RunOnceAsync(
        DatabasePool pool, ModelRequest request, Func<ModelContext, ModelStatement> model, ModelWriter writer, ResponseOutput output,
        AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        var (rows, error) = await sources.FindAsync(pool, request, declaration, cancellationToken);
        if (rows is null) return error;
        var values = rows.CreateParameters();
        (var condition, error) = await FilterAsync(pool, request, rows, values, cancellationToken);
        if (error is not null) return error;

        var schema = await pool.SpatialSchema.FindAsync(cancellationToken);
        var statement = Write(request, model, rows, values, condition, schema, out error);
        if (error is not null) return error;
        writer.Prepare(statement);
        error = await regExpTime.RunAsync(values, limited => StreamAsync(pool, rows, statement, values, writer, output, limited), cancellationToken);
        if (error is null && declaration is not null) await declaration.EndAsync(output, cancellationToken);
        return error;
    }

    private async ValueTask<(string? Sql, ApiError? Error)> FilterAsync(
        DatabasePool pool, ModelRequest request, RowSource rows, SqlParameterList values, CancellationToken cancellationToken)
    {
        string? sql = null;
        if (request.Filters is { } filters && !FilterCompiler.TryCompile(filters, request.FiltersTogether, rows.Columns, values, out sql, out var error))
            return (null, error);
        if (request.SpatialFilters is null) return (sql, null);

        (var spatial, error) = await spatialFilters.CompileAsync(request.SpatialFilters, pool, rows, values, cancellationToken);
        return (sql is null || spatial is null ? sql ?? spatial : $"{sql} AND {spatial}", error);
    }

    private static ModelStatement Write(
        ModelRequest request, Func<ModelContext, ModelStatement> model, RowSource rows, SqlParameterList values, string? condition,
        string? spatialSchema, out ApiError? error)
    {
        var spatial = ColumnReference.Find(rows.Columns, request.SpatialColumn ?? DefaultSpatialColumn);
        var context = new ModelContext(new ModelParams(request.Params), rows, values, condition, spatial, spatialSchema) { IsInViewport = request.SpatialFilters is not null };
        if (model != PickModel.Write && FeatureSelection.Read(context, "geometryType") is { } selection)
            context = context with { Condition = condition is null ? selection.Condition : $"{condition} AND {selection.Condition}" };
        var statement = model(context);
        error = context.Params.Error;
        return statement with { HoldsExpression = context.HoldsExpression };
    }

    private async Task<ApiError?> StreamAsync(
        DatabasePool pool, RowSource rows, ModelStatement statement, SqlParameterList values, ModelWriter writer, ResponseOutput output,
        CancellationToken cancellationToken)
    {
        var (open, described) = await pool.Describer.OpenReaderAsync(pool, statement.Sql, values, cancellationToken);
        await using var connection = open;
        if (statement.HoldsExpression && await guard.CheckAsync(pool, rows, described, connection, cancellationToken) is { } refusal) return refusal;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return await streamer.StreamAsync(connection, ResultStatement.ReadCounted(described), writer, output, cancellationToken);
    }
}
