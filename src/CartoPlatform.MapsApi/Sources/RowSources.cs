using System.Runtime.CompilerServices;
using System.Text.Json;
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
    private readonly ConditionalWeakTable<Relation, RowSource> _tables = [];

    /// <param name="principal">Who asks.</param>
    /// <param name="pool">The connection.</param>
    /// <param name="request">What for.</param>
    /// <param name="asked">The query; null for a table.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public ValueTask<Outcome<RowSource>> FindAsync(
        Principal principal, DatabasePool pool, MapRequest request, AskedQuery? asked, CancellationToken cancellationToken) =>
        asked is null
            ? FindTableAsync(principal, pool, request.Source, cancellationToken)
            : FindQueryAsync(principal, pool, asked, request.QueryParameters, cancellationToken);

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget(DatabasePool pool)
    {
        pool.Catalog.Forget();
        _queries.Clear();
    }

    private async ValueTask<Outcome<RowSource>> FindTableAsync(
        Principal principal, DatabasePool pool, string text, CancellationToken cancellationToken)
    {
        var relation = await FindRelationAsync(principal, pool, text, cancellationToken);
        return relation.Succeeded ? _tables.GetValue(relation.Value, RowSource.OfTable) : relation.Error;
    }

    /// <summary>A table that the caller may read.</summary>
    public static async ValueTask<Outcome<Relation>> FindRelationAsync(
        Principal principal, DatabasePool pool, string text, CancellationToken cancellationToken)
    {
        if (!RelationName.TryParse(text, out var name)) return ApiError.BadRequest($"{text} is not the name of a table");
        var relation = await pool.Catalog.FindAsync(name, cancellationToken);
        if (relation is null) return await AnswerMissingAsync(principal, pool, name, text, cancellationToken);

        var requested = new RequestedSource.Table(relation.Database, relation.Schema, relation.Name);
        if (AccessPolicy.Decide(principal, Api.Maps, pool.Record.Name, requested).ToError() is { } refused) return refused;
        return relation;
    }

    /// <summary>Only who may read a table of this name learns that there is none, and of those that are like it which he may read.</summary>
    private static async ValueTask<ApiError> AnswerMissingAsync(
        Principal principal, DatabasePool pool, RelationName name, string text, CancellationToken cancellationToken)
    {
        ApiError? Decide(string schema, string table) =>
            AccessPolicy.Decide(principal, Api.Maps, pool.Record.Name, new RequestedSource.Table(name.Database?.Text ?? "", schema, table)).ToError();

        if (Decide(name.Schema?.Text ?? "public", name.Table.Text) is { } refused) return refused;
        var similar = await pool.Catalog.FindSimilarAsync(name, (schema, table) => Decide(schema, table) is null, cancellationToken);
        return ApiError.NotFound(similar is null ? $"There is no table {text}" : $"There is no table {text}: is it {similar}?");
    }

    /// <summary>A query that the caller may run.</summary>
    public async ValueTask<Outcome<RowSource>> FindQueryAsync(
        Principal principal, DatabasePool pool, AskedQuery asked, JsonElement? values, CancellationToken cancellationToken)
    {
        if (asked.Refuse(principal, [Api.Maps], pool.Record) is { } refused) return refused;

        var key = $"{pool.Record.Id}/{pool.Record.Revision}/{pool.Catalog.Generation}/{values?.GetRawText()}/{asked.Sql}";
        return await _queries.FindAsync(key, () => DescribeAsync(pool, asked, values, key, cancellationToken), source => source.Succeeded);
    }

    private static async ValueTask<Outcome<RowSource>> DescribeAsync(
        DatabasePool pool, AskedQuery asked, JsonElement? parameters, string key, CancellationToken cancellationToken)
    {
        if (!SqlText.TryParse(asked.Sql, out var sql, out var error)) return ApiError.BadRequest(error);
        if (!QueryParameters.TryParse(parameters ?? default, out var values, out error)) return ApiError.BadRequest(error);
        if (!sql.TryBind(values, out var bound, out error)) return ApiError.BadRequest(error);

        var query = await pool.Describer.DescribeAsync(asked.Named is null ? bound : bound.BehindName(), cancellationToken);
        if (query.Columns.Count == 0) return ApiError.BadRequest("The statement has no result: a map needs a SELECT");
        return RowSource.OfQuery(query, key);
    }
}
