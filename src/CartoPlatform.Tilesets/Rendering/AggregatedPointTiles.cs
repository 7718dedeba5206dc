using System.Buffers.Binary;
using System.Globalization;
using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Snapshots;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>A point for each cell of a grid that is finer than the tile by the aggregation resolution.</summary>
internal sealed class AggregatedPointTiles(TilesetPlan plan, PointSnapshot snapshot, string table)
    : GroupedTiles<TileFeature>(plan.MinZoom, plan.MaxZoom ?? plan.MinZoom), IDisposable
{
    // A place as an id: 2^52, and one, is the last that clients keep exactly.
    private const int MaxIdZoom = 26;

    private const int PointBytes = 21;

    private readonly FeatureTileRenderer _renderer = new(plan, [.. snapshot.Values.Select(value => value.ToColumn())]);

    public void Dispose() => _renderer.Dispose();

    protected override string Sql(int zoom)
    {
        var (tile, cell) = (PointSnapshot.Zoom - zoom, PointSnapshot.Zoom - CellZoom(zoom));
        var place = plan.Placement switch
        {
            PointPlacement.FeaturesAny => $"(array_agg({PointSnapshot.Longitude} ORDER BY {PointSnapshot.X}, {PointSnapshot.Y}))[1], (array_agg({PointSnapshot.Latitude} ORDER BY {PointSnapshot.X}, {PointSnapshot.Y}))[1]",
            _ => $"avg({PointSnapshot.Longitude}), avg({PointSnapshot.Latitude})",
        };
        var values = string.Concat(snapshot.Values.Select(value => $", {value.Sql}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT ({PointSnapshot.X} >> {cell}) >> {tile - cell}, ({PointSnapshot.Y} >> {cell}) >> {tile - cell}, {PointSnapshot.X} >> {cell}, {PointSnapshot.Y} >> {cell}, {place}{values}
            FROM {table} AS s {snapshot.GroupSql(zoom)}
            ORDER BY 1, 2, count(*) DESC, 3, 4
            """);
    }

    protected override TileFeature ReadCell(NpgsqlDataReader reader, int zoom)
    {
        var (x, y, level) = (reader.GetInt64(2), reader.GetInt64(3), CellZoom(zoom));
        var span = (double)(1L << level);
        var (longitude, latitude) = plan.Placement == PointPlacement.CellCentroid
            ? (WebMercator.Longitude((x + 0.5) / span), WebMercator.Latitude((y + 0.5) / span))
            : (reader.GetDouble(4), reader.GetDouble(5));
        ulong? id = level <= MaxIdZoom ? (((ulong)x << level) | (ulong)y) + 1 : null;
        return new TileFeature(id, Point(longitude, latitude), TileFeature.BoxOf(longitude, latitude, longitude, latitude), RowValues.Read(reader, 6, snapshot.Values));
    }

    protected override (StagedTile Tile, long All, long Dropped) Render(int zoom, (long First, long Second) tile, IReadOnlyList<TileFeature> cells)
    {
        var address = TileAddress.Create(zoom, (int)tile.First, (int)tile.Second);
        var (bytes, all, dropped) = _renderer.Render(address, cells);
        return (new StagedTile(zoom, (address.X, address.Y), null, bytes), all, dropped);
    }

    private int CellZoom(int zoom) => Math.Min(PointSnapshot.Zoom, zoom + plan.AggregationResolution);

    private static byte[] Point(double longitude, double latitude)
    {
        var bytes = new byte[PointBytes];
        bytes[0] = 1;
        bytes[1] = 1;
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(5), longitude);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(13), latitude);
        return bytes;
    }
}
