using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.SqlApi.Values;

/// <summary>Geometry, which comes as EWKB, as a GeoJSON object (RFC 7946) with every digit of its coordinates, without Z and M (contract, section 16).</summary>
internal static class GeoJsonFormat
{
    // Brackets and commas of a point, and its coordinates.
    private const int MaxPointBytes = (2 * ShortestDouble.MaxBytes) + 4;

    public static void Write(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var reader = new WkbReader(value);
        WriteGeometry(ref reader, output);
    }

    private static void WriteGeometry(ref WkbReader reader, Utf8Buffer output)
    {
        var header = reader.ReadHeader();
        if (header.Srid is not (0 or GeometrySql.Wgs84))
            throw new UnwritableValueException($"Geometry in SRID {header.Srid} has to be transformed in the statement, by ST_Transform(…, {GeometrySql.Wgs84})");

        output.Write(BeginningOf(header.Type));
        if (header.Type == GeometryType.GeometryCollection) WriteCollection(ref reader, output);
        else WriteCoordinates(header, ref reader, output);
        output.Write((byte)'}');
    }

    private static ReadOnlySpan<byte> BeginningOf(GeometryType type) => type switch
    {
        GeometryType.Point => "{\"type\":\"Point\",\"coordinates\":"u8,
        GeometryType.LineString or GeometryType.CompoundCurve => "{\"type\":\"LineString\",\"coordinates\":"u8,
        GeometryType.Polygon or GeometryType.CurvePolygon or GeometryType.Triangle => "{\"type\":\"Polygon\",\"coordinates\":"u8,
        GeometryType.MultiPoint => "{\"type\":\"MultiPoint\",\"coordinates\":"u8,
        GeometryType.MultiLineString or GeometryType.MultiCurve => "{\"type\":\"MultiLineString\",\"coordinates\":"u8,
        GeometryType.MultiPolygon or GeometryType.MultiSurface or GeometryType.PolyhedralSurface or GeometryType.Tin =>
            "{\"type\":\"MultiPolygon\",\"coordinates\":"u8,
        GeometryType.GeometryCollection => "{\"type\":\"GeometryCollection\",\"geometries\":"u8,
        _ => throw new UnwritableValueException("Curved geometry has to be made straight in the statement, by ST_CurveToLine"),
    };

    private static void WriteCollection(ref WkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount(WkbReader.HeaderBytes)); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteGeometry(ref reader, output);
        }

        output.Write((byte)']');
    }

    private static void WriteCoordinates(WkbHeader header, ref WkbReader reader, Utf8Buffer output)
    {
        switch (header.Type)
        {
            case GeometryType.Point:
                WritePoint(reader.ReadCoordinates(1, header.BytesPerCoordinate), 0, output);
                break;
            case GeometryType.LineString:
                WriteLine(header, ref reader, output);
                break;
            case GeometryType.CompoundCurve:
                WriteCompound(ref reader, output);
                break;
            case GeometryType.Polygon or GeometryType.Triangle:
                WriteRings(header, ref reader, output);
                break;
            default:
                WriteParts(ref reader, output);
                break;
        }
    }

    private static void WriteParts(ref WkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount(WkbReader.HeaderBytes)); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteCoordinates(reader.ReadHeader(), ref reader, output);
        }

        output.Write((byte)']');
    }

    // One line of several: each begins where the one before has ended.
    private static void WriteCompound(ref WkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (part, parts) = (0, reader.ReadCount(WkbReader.HeaderBytes)); part < parts; part++)
            WritePoints(ReadLine(reader.ReadHeader(), ref reader), part > 0 ? 1 : 0, isContinued: part > 0, output);
        output.Write((byte)']');
    }

    private static void WriteRings(WkbHeader header, ref WkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount(sizeof(uint))); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteLine(header, ref reader, output);
        }

        output.Write((byte)']');
    }

    private static void WriteLine(WkbHeader header, ref WkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        WritePoints(ReadLine(header, ref reader), 0, isContinued: false, output);
        output.Write((byte)']');
    }

    private static WkbCoordinates ReadLine(WkbHeader header, ref WkbReader reader) =>
        reader.ReadCoordinates(reader.ReadCount(header.BytesPerCoordinate), header.BytesPerCoordinate);

    private static void WritePoints(WkbCoordinates points, int first, bool isContinued, Utf8Buffer output)
    {
        for (var index = first; index < points.Count; index++)
        {
            if (index > first || isContinued) output.Write((byte)',');
            WritePoint(points, index, output);
        }
    }

    private static void WritePoint(WkbCoordinates points, int index, Utf8Buffer output)
    {
        points.Read(index, out var x, out var y);
        var text = output.GetSpan(MaxPointBytes);
        var length = 0;
        text[length++] = (byte)'[';

        // An empty point is one of NaN.
        if (!double.IsNaN(x) || !double.IsNaN(y))
        {
            length += WriteNumber(x, text[length..]);
            text[length++] = (byte)',';
            length += WriteNumber(y, text[length..]);
        }

        text[length++] = (byte)']';
        output.Advance(length);
    }

    private static int WriteNumber(double number, Span<byte> text)
    {
        if (double.IsFinite(number)) return ShortestDouble.Write(number, text);
        "null"u8.CopyTo(text);
        return 4;
    }
}
