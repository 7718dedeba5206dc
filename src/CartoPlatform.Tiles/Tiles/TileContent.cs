using System.Buffers.Binary;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles;

/// <summary>What a finished tile is, told by its first bytes.</summary>
public enum TileContent
{
    Unknown,

    /// <summary>Mapbox vector tile: layers are field 3 of the message.</summary>
    Mvt,

    /// <summary>CARTO's vector tile: points are field 1 and come first.</summary>
    CartoVector,

    /// <summary>CARTO's tile of cells: the scheme is a number in field 1, the cells are field 2.</summary>
    CartoSpatial,

    /// <summary>Cells as a JSON array.</summary>
    Json,
}

public static class TileContents
{
    public static TileContent Of(ReadOnlySpan<byte> tile)
    {
        if (tile.IsEmpty) return TileContent.Unknown;
        return tile[0] switch
        {
            0x1A => TileContent.Mvt,
            0x0A => TileContent.CartoVector,
            0x08 or 0x12 => TileContent.CartoSpatial,
            (byte)'[' => TileContent.Json,
            _ => TileContent.Unknown,
        };
    }

    /// <summary>The system of a spatial tile's first cell; null for a tile without cells.</summary>
    /// <exception cref="TileFormatException">The bytes are no spatial tile.</exception>
    public static CellScheme? SchemeOf(ReadOnlySpan<byte> spatialTile)
    {
        var packed = Field(Field(Field(spatialTile, 2), 1), 1);
        if (packed.Length < sizeof(long)) return null;
        var cell = BinaryPrimitives.ReadInt64LittleEndian(packed);
        return CellScheme.Quadbin.IsValid(cell) ? CellScheme.Quadbin : CellScheme.H3.IsValid(cell) ? CellScheme.H3 : null;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int wanted)
    {
        var reader = new ProtobufReader(message);
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (field == wanted && type == WireType.Bytes) return reader.ReadBytes();
            reader.Skip(type);
        }

        return [];
    }
}
