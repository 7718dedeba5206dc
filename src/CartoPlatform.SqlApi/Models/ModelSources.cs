using CartoPlatform.Auth;
using CartoPlatform.Auth.Sources;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.SqlApi.Models;

/// <summary>
/// From a request to its source: looked up, and permitted. What the database said about a query is trusted for two seconds, as with
/// tables, so that the widgets of a page ask once.
/// </summary>
internal sealed class ModelSources(IWorkspaceDirectory workspace, TimeProvider time)
{
    private static readonly Api[] AnyApi = [Api.Sql, Api.Maps];

    private readonly RecentAnswers<RowSource> _queries = new(TimeSpan.FromSeconds(2), time);

    /// <summary>The request as it may be run: a named source has become its SQL. The error, where the caller may not read the source.</summary>
    public async ValueTask<(ModelRequest Request, ApiError? Error)> AuthorizeAsync(
        Principal principal, DatabasePool pool, ModelRequest request, CancellationToken cancellationToken)
    {
        if (request.IsTable) return (request, await AuthorizeTableAsync(principal, pool, request, cancellationToken));
        var asked = await AskedQuery.FindAsync(workspace, request.Source, cancellationToken);
        // Widgets are part of maps: either API is enough (contract, section 12.3).
        return (request with { Sql = asked.Sql, Named = asked.Named }, asked.Refuse(principal, AnyApi, pool.Record));
    }

    private static async ValueTask<ApiError?> AuthorizeTableAsync(
        Principal principal, DatabasePool pool, ModelRequest request, CancellationToken cancellationToken)
    {
        if (!RelationName.TryParse(request.Source, out var name)) return ApiError.BadRequest($"{request.Source} is not the name of a table");
        if (await pool.Catalog.FindAsync(name, cancellationToken) is { } relation)
            return Decide(principal, pool, new RequestedSource.Table(relation.Database, relation.Schema, relation.Name));

        // Only who may read a table of this name learns that there is none, and of those that are like it which he may read.
        RequestedSource.Table Named(string schema, string table) => new(name.Database?.Text ?? "", schema, table);
        if (Decide(principal, pool, Named(name.Schema?.Text ?? "public", name.Table.Text)) is { } refused) return refused;
        var similar = await pool.Catalog.FindSimilarAsync(name, (schema, table) => Decide(principal, pool, Named(schema, table)) is null, cancellationToken);
        return ApiError.NotFound(similar is null ? $"There is no table {request.Source}" : $"There is no table {request.Source}: is it {similar}?");
    }

    /// <summary>The source of a request that <see cref="AuthorizeAsync"/> has let pass.</summary>
    public async ValueTask<(RowSource? Rows, ApiError? Error)> FindAsync(DatabasePool pool, ModelRequest request, CancellationToken cancellationToken)
    {
        if (!request.IsTable) return await FindQueryAsync(pool, request, cancellationToken);
        var relation = RelationName.TryParse(request.Source, out var name) ? await pool.Catalog.FindAsync(name, cancellationToken) : null;
        return relation is null ? (null, ApiError.NotFound($"There is no table {request.Source}")) : (RowSource.OfTable(relation), null);
    }

    /// <summary>The same, and the beginning of what is told of it to a cache.</summary>
    public async ValueTask<(RowSource? Rows, ApiError? Error)> FindAsync(
        DatabasePool pool, ModelRequest request, AnswerDeclaration? declaration, CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = pool.Catalog.Generation;
            var (rows, error) = await FindAsync(pool, request, cancellationToken);
            if (rows is null || declaration is null) return (rows, error);
            if (await declaration.BeginAsync(pool, rows, request, generation, cancellationToken) is { } begun) return (begun, null);
        }
    }

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget(DatabasePool pool)
    {
        pool.Catalog.Forget();
        _queries.Clear();
    }

    private async ValueTask<(RowSource? Rows, ApiError? Error)> FindQueryAsync(DatabasePool pool, ModelRequest request, CancellationToken cancellationToken)
    {
        var text = request.Sql ?? request.Source;
        if (!SqlText.TryParse(text, out var sql, out var error) || !sql.TryBind(request.QueryParameters, out var bound, out error))
            return (null, ApiError.BadRequest(error));
        if (request.Named is not null) bound = bound.BehindName();

        var key = $"{pool.Record.Id}/{pool.Record.Revision}/{pool.Catalog.Generation}/{request.QueryParametersText}/{text}";
        var rows = await _queries.FindAsync(key, () => DescribeAsync(pool, bound, key, cancellationToken), _ => true);
        return rows.Columns.Count > 0 ? (rows, null) : (null, ApiError.BadRequest("The statement has no result: a model needs a SELECT"));
    }

    private static async ValueTask<RowSource> DescribeAsync(DatabasePool pool, BoundQuery query, string key, CancellationToken cancellationToken)
    {
        var (connection, described) = await pool.Describer.OpenAsync(pool.Reader, query, cancellationToken);
        await connection.DisposeAsync();
        return RowSource.OfQuery(described, key);
    }

    private static ApiError? Decide(Principal principal, DatabasePool pool, RequestedSource source) =>
        AccessPolicy.Decide(principal, AnyApi, pool.Record.Name, source).ToError();
}
