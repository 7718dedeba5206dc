using System.Text.Json;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>The polygons of a spatial filter, in degrees on the plane: closed rings of longitude and latitude.</summary>
internal sealed class FilterPolygon
{
    private const int Wgs84 = 4326;

    // OGC well-known binary, and PostGIS's flag for a reference system behind the type.
    private const byte LittleEndian = 1;
    private const uint PolygonType = 3;
    private const uint MultiPolygonType = 6;
    private const uint SridFlag = 0x2000_0000;

    private readonly IReadOnlyList<IReadOnlyList<IReadOnlyList<Position>>> _polygons;

    private FilterPolygon(IReadOnlyList<IReadOnlyList<IReadOnlyList<Position>>> polygons)
    {
        _polygons = polygons;
        var positions = polygons.SelectMany(rings => rings.SelectMany(ring => ring)).ToList();
        if (positions.Count == 0) return;
        West = positions.Min(position => position.Longitude);
        East = positions.Max(position => position.Longitude);
        South = positions.Min(position => position.Latitude);
        North = positions.Max(position => position.Latitude);
        Width = polygons.Max(rings => rings[0].Max(position => position.Longitude) - rings[0].Min(position => position.Longitude));
    }

    /// <summary>Nothing lies in it.</summary>
    public bool IsEmpty => _polygons.Count == 0;

    /// <summary>A box along the axes, which needs no repair.</summary>
    public bool IsBox => _polygons is [[var ring]] && IsBoxRing(ring);

    public double West { get; }

    public double East { get; }

    public double South { get; }

    public double North { get; }

    /// <summary>Degrees of longitude of the widest part.</summary>
    public double Width { get; }

    /// <param name="json">GeoJSON.</param>
    /// <param name="error">A sentence for the caller, or null.</param>
    public static FilterPolygon? Read(JsonElement json, out string? error)
    {
        var reader = new PolygonReader();
        var polygons = reader.Read(json);
        error = reader.Error;
        return error is null ? new FilterPolygon(polygons) : null;
    }

    /// <summary>As PostGIS reads it, with a reference system that says degrees; 0 for data that says none.</summary>
    public byte[] ToEwkb(int srid = Wgs84)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var isOne = _polygons.Count == 1;
        writer.Write(LittleEndian);
        writer.Write((isOne ? PolygonType : MultiPolygonType) | SridFlag);
        writer.Write(srid);
        if (!isOne) writer.Write(_polygons.Count);
        foreach (var rings in _polygons)
        {
            if (!isOne)
            {
                writer.Write(LittleEndian);
                writer.Write(PolygonType);
            }

            WriteRings(writer, rings);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static void WriteRings(BinaryWriter writer, IReadOnlyList<IReadOnlyList<Position>> rings)
    {
        writer.Write(rings.Count);
        foreach (var ring in rings)
        {
            writer.Write(ring.Count);
            foreach (var (longitude, latitude) in ring)
            {
                writer.Write(longitude);
                writer.Write(latitude);
            }
        }
    }

    private static bool IsBoxRing(IReadOnlyList<Position> ring)
    {
        if (ring.Count != 5) return false;
        var (first, third) = (ring[0], ring[2]);
        return first.Longitude != third.Longitude && first.Latitude != third.Latitude
            && ((ring[1] == new Position(third.Longitude, first.Latitude) && ring[3] == new Position(first.Longitude, third.Latitude))
                || (ring[1] == new Position(first.Longitude, third.Latitude) && ring[3] == new Position(third.Longitude, first.Latitude)));
    }
}

/// <summary>In degrees.</summary>
internal readonly record struct Position(double Longitude, double Latitude);
