using CartoPlatform.Auth;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>From a request to its source: connection, permission, relation or query, columns. The same for every answer made of it.</summary>
internal sealed class MapSources(ConnectionPools pools, SpatialColumnFinder spatialColumns)
{
    /// <summary>
    /// Finds the source and makes an answer of it. A table that changed since the catalogue was read is looked up again, once.
    /// </summary>
    public async Task<IResult> UseAsync(
        Principal? principal, string connection, MapRequest request, Func<MapSource, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var pool = await pools.FindAsync(connection, cancellationToken);
        if (pool is null) return ApiError.NotFound($"There is no connection {connection}");

        var source = await FindAsync(principal, pool, request, cancellationToken);
        if (!source.Succeeded) return source.Error;
        try
        {
            return await answer(source.Value);
        }
        catch (PostgresException exception) when (IsOutdated(exception))
        {
            pool.Catalog.Forget();
            spatialColumns.Forget();
        }

        source = await FindAsync(principal, pool, request, cancellationToken);
        return source.Succeeded ? await answer(source.Value) : source.Error;
    }

    // 42703, 42P01, 42P18-free: the table was changed or dropped; 0A000: "cached plan must not change result type".
    private static bool IsOutdated(PostgresException exception) => exception.SqlState
        is PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.FeatureNotSupported;

    private async Task<Outcome<MapSource>> FindAsync(Principal? principal, DatabasePool pool, MapRequest request, CancellationToken cancellationToken)
    {
        if (!RelationName.TryParse(request.Source, out var name)) return ApiError.BadRequest($"{request.Source} is not the name of a table");
        var relation = await pool.Catalog.FindAsync(name, cancellationToken);
        if (relation is null) return ApiError.NotFound($"There is no table {request.Source}");

        var requested = new RequestedSource.Table(relation.Database, relation.Schema, relation.Name);
        if (AccessPolicy.Decide(principal, Api.Maps, pool.Record.Name, requested).ToError() is { } refused) return refused;
        return await DescribeAsync(pool, request, relation, relation.Columns, $"{relation.Sql} AS s", new SqlParameterList(), cancellationToken);
    }

    private async Task<Outcome<MapSource>> DescribeAsync(
        DatabasePool pool, MapRequest request, Relation? relation, IReadOnlyList<Column> columns, string from, SqlParameterList parameters,
        CancellationToken cancellationToken)
    {
        var column = ColumnLookup.Find(columns, request.SpatialColumn);
        if (column is null) return ApiError.ColumnNotFound(request.SpatialColumn);
        if (!column.IsSpatial) return ApiError.BadRequest($"The column {column.Name} holds no geometry");

        var properties = SelectProperties(columns, request.Columns);
        if (!properties.Succeeded) return properties.Error;
        return new MapSource
        {
            Request = request with { SpatialColumn = column.Name },
            Pool = pool,
            Relation = relation,
            FromSql = from,
            Parameters = parameters,
            Columns = columns,
            Properties = properties.Value,
            Spatial = await spatialColumns.FindAsync(pool, from, parameters, request.QueryParameters?.GetRawText() ?? "", column, cancellationToken),
        };
    }

    private static Outcome<Column[]> SelectProperties(IReadOnlyList<Column> columns, IReadOnlyList<string>? names)
    {
        // Spatial columns beside the drawn one would only be noise in a tile: PostGIS prints them as hexadecimal text.
        if (names is null) return columns.Where(column => !column.IsSpatial).ToArray();

        var selected = new List<Column>(names.Count);
        foreach (var name in names)
        {
            var column = ColumnLookup.Find(columns, name);
            if (column is null) return ApiError.ColumnNotFound(name);
            if (!column.IsSpatial && !selected.Contains(column)) selected.Add(column);
        }

        return selected.ToArray();
    }
}
