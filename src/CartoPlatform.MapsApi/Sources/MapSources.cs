using CartoPlatform.Auth;
using CartoPlatform.Auth.Sources;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Cells;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Features;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>From a request to its source: connection, permission, relation or query, columns. The same for every answer made of it.</summary>
internal sealed class MapSources(
    ConnectionPools pools, RowSources rowSources, SpatialColumnFinder spatialColumns, CellLayers cellLayers, Aggregates aggregates, IWorkspaceDirectory workspace)
{
    /// <summary>Finds the source and makes an answer of it. If its table has changed since it was looked up, both happen once more.</summary>
    /// <param name="principal">The caller.</param>
    /// <param name="connection">Its name.</param>
    /// <param name="request">What the map shows.</param>
    /// <param name="start">What must be known of the state of the data. To ask for that takes as long as a small tile.</param>
    /// <param name="answer">Makes the answer.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    public async Task<IResult> UseAsync(
        Principal principal, string connection, MapRequest request, ReadingStart start, Func<MapSource, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var pool = await pools.FindAsync(connection, principal.Token.Login, cancellationToken);
        if (pool is null) return ApiError.NotFound($"There is no connection {connection}");

        var source = await FindAsync(principal, pool, request, start, cancellationToken);
        if (!source.Succeeded) return source.Error;
        try
        {
            return await answer(source.Value);
        }
        catch (PostgresException exception) when (IsOutdated(exception))
        {
            rowSources.Forget(pool);
            spatialColumns.Forget();
            cellLayers.Forget();
            aggregates.Forget();
        }

        source = await FindAsync(principal, pool, request, start, cancellationToken);
        return source.Succeeded ? await answer(source.Value) : source.Error;
    }

    // A column or table is gone, a query has fewer columns than it had; "cached plan must not change result type".
    public static bool IsOutdated(PostgresException exception) => exception.SqlState
        is PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidColumnReference
        or PostgresErrorCodes.FeatureNotSupported;

    private async Task<Outcome<MapSource>> FindAsync(
        Principal principal, DatabasePool pool, MapRequest request, ReadingStart start, CancellationToken cancellationToken)
    {
        var generation = pool.Catalog.Generation;
        var asked = request.Kind == SourceKind.Table ? null : await AskedQuery.FindAsync(workspace, request.Source, cancellationToken);
        var found = await rowSources.FindAsync(principal, pool, request, asked, cancellationToken);
        if (!found.Succeeded) return found.Error;

        var rows = found.Value;
        var reading = await BeginAsync(pool, rows, request, asked, start, cancellationToken);
        // The catalogue has changed since it was looked at: what is kept must not be made from what it was.
        if (reading.Generation != generation) return await FindAsync(principal, pool, request, start, cancellationToken);
        // What others remember of these rows, they remember of this state of the data.
        rows = rows with { Key = $"{reading.State}/{rows.Key}" };
        var drawn = ColumnReference.Find(rows.Columns, request.SpatialColumn);
        if (drawn is null) return ApiError.ColumnNotFound(request.SpatialColumn);
        if (!drawn.Column.IsSpatial && request.Scheme is null) return ApiError.BadRequest($"The column {drawn.Column.Name} holds no geometry");
        var track = request.Track is { } names ? Track.Find(rows.Columns, names) : (Outcome<Track>?)null;
        if (track is { Succeeded: false, Error: { } untold }) return untold;
        var properties = SelectProperties(rows.Columns, request.Columns, track?.Value);
        if (!properties.Succeeded) return properties.Error;

        var parameters = rows.CreateParameters();
        string? filterSql = null;
        if (request.Filters is { } filters
            && !FilterCompiler.TryCompile(filters, FilterOperator.And, rows.Columns, parameters, out filterSql, out var unusable)) return unusable;

        var spatial = await spatialColumns.FindAsync(pool, rows, drawn, cancellationToken);
        var cells = await cellLayers.FindAsync(pool, rows, request, spatial, cancellationToken);
        if (cells is { Succeeded: false, Error: { } wrong }) return wrong;
        if (track is not null && !spatial.IsPoints && spatial.DisplayType is not null)
            return ApiError.BadRequest($"The column {drawn.Column.Name} holds no points: tracks are made of points");

        var source = new MapSource
        {
            Request = request with { SpatialColumn = drawn.Column.Name },
            Pool = pool,
            Reading = reading,
            Named = asked?.Named,
            Relation = rows.Relation,
            FromSql = rows.FromSql,
            FilterSql = filterSql,
            Parameters = parameters,
            Columns = rows.Columns,
            Properties = properties.Value,
            Spatial = spatial,
            Rows = rows,
            Cells = cells?.Value,
            Track = track?.Value,
        };
        return request is { AggregationExp: { } expressions, Scheme: null } ? await GroupAsync(source, expressions, cancellationToken) : source;
    }

    private static async ValueTask<SourceReading> BeginAsync(
        DatabasePool pool, RowSource rows, MapRequest request, AskedQuery? asked, ReadingStart start, CancellationToken cancellationToken)
    {
        if (!start.IsVersioned) return SourceReading.Unversioned(pool);
        if (rows.Relation is not { } relation)
            return await SourceReading.BeginAsync(pool, asked?.Sql ?? "", request.QueryParameters?.GetRawText(), asked?.Named, cancellationToken);

        if (start.Since is { } since)
        {
            var heard = await SourceReading.BeginAsync(pool, relation, request.Source, since, cancellationToken);
            if (start.Stamp is not { } stamp || heard.Stamp == stamp) return heard;
        }

        return await SourceReading.BeginAsync(pool, relation, request.Source, cancellationToken);
    }

    private async ValueTask<Outcome<MapSource>> GroupAsync(MapSource source, string expressions, CancellationToken cancellationToken)
    {
        var values = await aggregates.FindAsync(source.Pool, source.Rows, expressions, cancellationToken);
        if (!values.Succeeded) return values.Error;

        ColumnReference[] keys = [source.Spatial.Reference, .. source.Track is { } track ? [track.Id, track.Time] : Array.Empty<ColumnReference>()];
        var grouped = GroupedRows.Of(source.FromSql, source.FilterSql, keys, values.Value);
        return source with
        {
            FromSql = grouped.FromSql,
            FilterSql = null,
            GroupKeys = grouped.Keys,
            Spatial = source.Spatial with { Reference = grouped.Keys[0] },
            Track = source.Track is null ? null : new Track(grouped.Keys[1], grouped.Keys[2]),
            Properties = [.. grouped.Keys.Skip(1).Where(key => grouped.Values.All(value => value.Column.Name != key.Column.Name)), .. grouped.Values],
        };
    }

    private static Outcome<ColumnReference[]> SelectProperties(IReadOnlyList<ColumnReference> columns, IReadOnlyList<string>? names, Track? track)
    {
        // Spatial columns beside the drawn one would only be noise in a tile: PostGIS prints them as hexadecimal text.
        if (names is null) return columns.Where(reference => !reference.Column.IsSpatial).ToArray();

        var selected = new List<ColumnReference>(names.Count);
        foreach (var name in names)
        {
            // Made, not read: also where the source has a column of this name.
            if (name == FeatureIdSql.ColumnName) continue;
            var column = ColumnReference.Find(columns, name);
            if (column is null) return ApiError.ColumnNotFound(name);
            if (!column.Column.IsSpatial && !selected.Contains(column)) selected.Add(column);
        }

        // What a track is made of is always there.
        if (track is not null) selected.AddRange(new[] { track.Id, track.Time }.Distinct().Except(selected));
        return selected.ToArray();
    }
}
