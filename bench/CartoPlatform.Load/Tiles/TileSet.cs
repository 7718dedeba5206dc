using System.Globalization;

namespace CartoPlatform.Load.Tiles;

/// <summary>A list of tiles of one table, and how many units they reach beyond their sides.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Table">Of <see cref="TileTables"/>.</param>
/// <param name="IsPoints">Points are sent in exactly one tile; of everything else, 64 units around the tile belong to it.</param>
/// <param name="Tiles">Which.</param>
internal sealed record TileSet(string Name, string Table, bool IsPoints, IReadOnlyList<TilePlace> Tiles)
{
    public const int Extent = 4096;

    public int Buffer => IsPoints ? 0 : 64;

    /// <summary>The reference: a stored geometry in metres, its index, and nothing that PostgreSQL need not do (performance.md, section 3).</summary>
    public string ReferenceSql => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT ST_AsMVT(t, 'default', {Extent}, 'geom')
        FROM (SELECT ST_AsMVTGeom(the_geom_webmercator, ST_TileEnvelope($1, $2, $3), {Extent}, {Buffer}, true) AS geom, cartodb_id, name, category, value
              FROM {Table}
              WHERE the_geom_webmercator && ST_TileEnvelope($1, $2, $3, margin => {(double)Buffer / Extent})) AS t
        """);

    /// <summary>The same tiles of the platform, from the column in degrees: finest grid, so that the coordinates are those of the reference.</summary>
    public string PathFor(string connection, string format) =>
        $"/v3/maps/{connection}/table/{{z}}/{{x}}/{{y}}?name=public.{Table}&spatialDataColumn=the_geom&tileResolution=4&formatTiles={format}&columns=cartodb_id,name,category,value";
}
