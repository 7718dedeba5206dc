using CartoPlatform.Auth;
using CartoPlatform.Auth.Sources;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>
/// Looks tables up in the catalogue and lets the database describe queries, after asking whether the caller may read them. As with
/// tables, what was said about a query is trusted for two seconds, so that a burst of tiles asks once.
/// </summary>
internal sealed class RowSources(TimeProvider time)
{
    private readonly RecentAnswers<Outcome<RowSource>> _queries = new(TimeSpan.FromSeconds(2), time);

    /// <param name="principal">Who asks.</param>
    /// <param name="pool">The connection.</param>
    /// <param name="request">What for.</param>
    /// <param name="asked">The query; null for a table.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public ValueTask<Outcome<RowSource>> FindAsync(
        Principal principal, DatabasePool pool, MapRequest request, AskedQuery? asked, CancellationToken cancellationToken) =>
        asked is null
            ? FindTableAsync(principal, pool, request, cancellationToken)
            : FindQueryAsync(principal, pool, request, asked, cancellationToken);

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget(DatabasePool pool)
    {
        pool.Catalog.Forget();
        _queries.Clear();
    }

    private static async ValueTask<Outcome<RowSource>> FindTableAsync(
        Principal principal, DatabasePool pool, MapRequest request, CancellationToken cancellationToken)
    {
        if (!RelationName.TryParse(request.Source, out var name)) return ApiError.BadRequest($"{request.Source} is not the name of a table");
        var relation = await pool.Catalog.FindAsync(name, cancellationToken);
        if (relation is null) return AnswerMissing(principal, pool, name, request);

        var requested = new RequestedSource.Table(relation.Database, relation.Schema, relation.Name);
        if (AccessPolicy.Decide(principal, Api.Maps, pool.Record.Name, requested).ToError() is { } refused) return refused;
        return RowSource.OfTable(relation);
    }

    /// <summary>Only who may read a table of this name learns that there is none.</summary>
    private static ApiError AnswerMissing(Principal principal, DatabasePool pool, RelationName name, MapRequest request)
    {
        var requested = new RequestedSource.Table(name.Database?.Text ?? "", name.Schema?.Text ?? "public", name.Table.Text);
        return AccessPolicy.Decide(principal, Api.Maps, pool.Record.Name, requested).ToError()
            ?? ApiError.NotFound($"There is no table {request.Source}");
    }

    private async ValueTask<Outcome<RowSource>> FindQueryAsync(
        Principal principal, DatabasePool pool, MapRequest request, AskedQuery asked, CancellationToken cancellationToken)
    {
        if (asked.Refuse(principal, [Api.Maps], pool.Record) is { } refused) return refused;

        var key = $"{pool.Record.Id}/{pool.Record.Revision}/{pool.Catalog.Generation}/{request.QueryParameters?.GetRawText()}/{asked.Sql}";
        return await _queries.FindAsync(key, () => DescribeAsync(pool, request, asked.Sql, key, cancellationToken), source => source.Succeeded);
    }

    private static async ValueTask<Outcome<RowSource>> DescribeAsync(
        DatabasePool pool, MapRequest request, string text, string key, CancellationToken cancellationToken)
    {
        if (!SqlText.TryParse(text, out var sql, out var error)) return ApiError.BadRequest(error);
        if (!QueryParameters.TryParse(request.QueryParameters ?? default, out var values, out error)) return ApiError.BadRequest(error);
        if (!sql.TryBind(values, out var bound, out error)) return ApiError.BadRequest(error);

        var query = await pool.Describer.DescribeAsync(bound, cancellationToken);
        if (query.Columns.Count == 0) return ApiError.BadRequest("The statement has no result: a map needs a SELECT");
        return RowSource.OfQuery(query, key);
    }
}
