using System.Globalization;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// The SQL of a tile. One text for all tiles of a source, so that it stays prepared: box, tile and limit are values, which follow
/// the source's own.
/// </summary>
internal sealed class TileQuery
{
    private readonly MapSource _source;
    private readonly string _where;
    private readonly int _next;

    /// <param name="source">The source.</param>
    /// <param name="box">How the rows of the tile are found.</param>
    /// <param name="properties">What the features carry.</param>
    public TileQuery(MapSource source, TileBox box, IReadOnlyList<TileProperty> properties)
    {
        (_source, Box, Properties) = (source, box, properties);
        string[] conditions = [.. new[] { box.ToSql(source), source.FilterSql, SameSystem(source.Spatial) }.OfType<string>()];
        _where = conditions.Length == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        _next = source.Parameters.Count + box.Values.Length;
    }

    public TileBox Box { get; }

    public IReadOnlyList<TileProperty> Properties { get; }

    /// <summary>Rows for an encoder: geometry as EWKB, then the properties. One more value: the greatest number of rows.</summary>
    public string Rows(RowOrder order) =>
        $"SELECT {_source.Spatial.EncodableSql}::bytea{PropertySql} FROM {_source.FromSql} {_where} {OrderSql(order)} LIMIT ${_next + 1}";

    /// <summary>The same in any order, and however many there are. Of a sample one more value: how many percent of the table's blocks.</summary>
    public string AllRows(bool isSampled) =>
        $"SELECT {_source.Spatial.EncodableSql}::bytea{PropertySql} FROM {_source.FromSql} {(isSampled ? $"TABLESAMPLE SYSTEM (${_next + 1}) REPEATABLE (0)" : "")} {_where}";

    /// <summary>The same of rows of a table by their places in it: the only value, an array as text.</summary>
    public string RowsAt => $"SELECT {_source.Spatial.EncodableSql}::bytea{PropertySql} FROM {_source.FromSql} WHERE {RowSource.Alias}.ctid = ANY ($1::text::tid[])";

    /// <summary>
    /// In which column of a packed row, geometry first, the integer stands that its order comes from: to sort by it is faster here than in
    /// the database. Null where there is none.
    /// </summary>
    public int? KeyColumn => IntegerKey is { } key ? 1 + (PropertyOf(key) is >= 0 and var index ? index : Properties.Count) : null;

    /// <summary>
    /// All rows as one value, NULL without any: records of geometry and properties, as <c>record_send</c> writes them. One more value: the
    /// greatest number of rows. They have their order, or a <see cref="KeyColumn"/>.
    /// </summary>
    public string Packed(RowOrder order)
    {
        // t.*, because a column may be called t.
        var key = order == RowOrder.ByKey ? IntegerKey : null;
        var keySql = key is not null && PropertyOf(key) < 0 ? $", s.{SqlIdentifier.Quote(key.Name)}::int8 AS _key" : "";
        var orderSql = key is null ? OrderSql(order) : "";
        return $"""
            SELECT string_agg(record_send(t.*), ''::bytea)
            FROM (SELECT {_source.Spatial.EncodableSql} AS _geometry{PropertySql}{keySql} FROM {_source.FromSql} {_where} {orderSql} LIMIT ${_next + 1}) AS t
            """;
    }

    /// <summary>The same as a statement for COPY, which takes no values: without a box and filters, in the order of keys.</summary>
    public string Whole => $"SELECT {_source.Spatial.EncodableSql}{PropertySql} FROM {_source.FromSql} {OrderSql(RowOrder.ByKey)}";

    /// <summary>How many rows the tile has.</summary>
    public string Count => $"SELECT count(*) FROM {_source.FromSql} {_where}";

    /// <summary>
    /// The tile by ST_AsMVT, its features and the rows that were looked at. More values: greatest number of rows, the tile's box in
    /// metres, the name of the geometry column.
    /// </summary>
    public string Mvt(int extent, int buffer)
    {
        var geometry = SqlIdentifier.Quote(_source.Spatial.Column.Name);
        var box = $"ST_MakeEnvelope(${_next + 2}, ${_next + 3}, ${_next + 4}, ${_next + 5}, {SpatialColumn.WebMercator})";
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT coalesce(ST_AsMVT(t.*, '{TileLayer.Name}', {extent}, ${_next + 6}) FILTER (WHERE t.{geometry} IS NOT NULL), ''),
                   count(t.{geometry}), count(*)
            FROM (SELECT ST_AsMVTGeom({MercatorSql}, {box}, {extent}, {buffer}, true) AS {geometry}{FinitePropertySql}
                  FROM {_source.FromSql} {_where} {OrderSql(RowOrder.ByKey)} LIMIT ${_next + 1}) AS t
            """);
    }

    private Column? IntegerKey => _source is { GroupKeys.Count: 0, Track: null, Relation: { PrimaryKey: [var name] } relation }
        ? relation.Columns.FirstOrDefault(column => column is { Kind: ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 } && column.Name == name)
        : null;

    // Its place among the properties; negative where it is none of them.
    private int PropertyOf(Column key)
    {
        for (var index = 0; index < Properties.Count; index++)
        {
            if (Properties[index] is { Type: TileValueType.Int32 or TileValueType.Int64 } property && property.Name == key.Name) return index;
        }

        return -1;
    }

    private string PropertySql => field ??= string.Concat(Properties.Select(property => $", {property.Sql} AS {SqlIdentifier.Quote(property.Name)}"));

    private string FinitePropertySql => string.Concat(Properties.Select(property => $", {property.FiniteSql} AS {SqlIdentifier.Quote(property.Name)}"));

    // Beyond the poles PROJ answers with an error, and ST_AsMVTGeom with another to what it cuts into parts of three dimensions: either
    // would fail the tile. Up to the poles it projects vertices as the encoder here does.
    private string MercatorSql
    {
        get
        {
            var geometry = $"ST_Force2D({_source.Spatial.EncodableSql})";
            if (_source.Spatial.Srid == SpatialColumn.WebMercator) return geometry;
            var clipped = $"ST_ClipByBox2D(g, ST_MakeEnvelope(-1000, -90, 1000, 90, {SpatialColumn.Wgs84}))";
            return $"""
                (SELECT ST_Transform(CASE WHEN ST_YMin(g) < -90 OR ST_YMax(g) > 90 THEN {clipped} ELSE g END, {SpatialColumn.WebMercator})
                 FROM (VALUES (ST_SetSRID({geometry}, {SpatialColumn.Wgs84}))) AS v(g))
                """;
        }
    }

    // Equal data gives equal tiles: by track and time, by primary key where there is one, else by everything that is in the tile.
    private string OrderSql(RowOrder order)
    {
        if (order == RowOrder.Any) return "";
        var keys = _source.GroupKeys.Count > 0 ? _source.GroupKeys.Select(key => key.Sql)
            : _source.Relation is { PrimaryKey: { Count: > 0 } columns } ? columns.Select(column => $"s.{SqlIdentifier.Quote(column)}")
            : Enumerable.Range(2, Properties.Count).Select(position => position.ToString(CultureInfo.InvariantCulture)).Prepend(_source.Spatial.RawSql);
        if (_source.Track is { } track) keys = keys.Prepend(track.Time.Sql).Prepend(track.Id.Sql);
        return $"ORDER BY {string.Join(", ", order == RowOrder.LargestFirst ? keys.Prepend(ImportanceSql) : keys)}";
    }

    // Of points, a hash chooses: what is left out is spread evenly over the tile.
    private string ImportanceSql => _source.Spatial.IsPoints
        ? $"hashtextextended({_source.Spatial.RawSql}::text, 0)"
        : $"{_source.Spatial.WidthSql} + {_source.Spatial.HeightSql} DESC NULLS LAST";

    // In a column of mixed systems those of the first row are drawn: ST_Transform fails on rows without one.
    public static string? SameSystem(SpatialColumn spatial) =>
        spatial is { Column.Srid: 0, Srid: not (SpatialColumn.Wgs84 or SpatialColumn.WebMercator) }
            ? string.Create(CultureInfo.InvariantCulture, $"ST_SRID({spatial.Sql}) = {spatial.Srid}")
            : null;
}
