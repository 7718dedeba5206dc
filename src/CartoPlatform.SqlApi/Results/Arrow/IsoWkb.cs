using System.Buffers.Binary;
using CartoPlatform.SqlApi.Values;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>
/// Geometry, which comes as EWKB, as the well-known binary of ISO 19125, little-endian, in two dimensions and of the types that everybody
/// reads: what JSON answers show (<see cref="GeoJsonFormat"/>), and without an SRID, which the column's metadata tells.
/// </summary>
internal static class IsoWkb
{
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

        var type = PlainType(header.Type);
        output.Write((byte)1);
        WriteUInt32((uint)type, output);
        switch (type)
        {
            case GeometryType.Point:
                WritePoints(reader.ReadCoordinates(1, header.BytesPerCoordinate), 0, output);
                break;
            case GeometryType.LineString when header.Type == GeometryType.CompoundCurve:
                WriteCompound(ref reader, output);
                break;
            case GeometryType.LineString:
                WriteLine(header, ref reader, output);
                break;
            case GeometryType.Polygon when header.Type == GeometryType.CurvePolygon:
                WriteParts(ref reader, WriteRing, output);
                break;
            case GeometryType.Polygon:
                WriteRings(header, ref reader, output);
                break;
            default:
                WriteParts(ref reader, WriteGeometry, output);
                break;
        }
    }

    private delegate void Part(ref WkbReader reader, Utf8Buffer output);

    private static GeometryType PlainType(GeometryType type) => type switch
    {
        GeometryType.Point or GeometryType.LineString or GeometryType.Polygon or GeometryType.MultiPoint or GeometryType.MultiLineString
            or GeometryType.MultiPolygon or GeometryType.GeometryCollection => type,
        GeometryType.CompoundCurve => GeometryType.LineString,
        GeometryType.CurvePolygon or GeometryType.Triangle => GeometryType.Polygon,
        GeometryType.MultiCurve => GeometryType.MultiLineString,
        GeometryType.MultiSurface or GeometryType.PolyhedralSurface or GeometryType.Tin => GeometryType.MultiPolygon,
        _ => throw new UnwritableValueException("Curved geometry has to be made straight in the statement, by ST_CurveToLine"),
    };

    private static void WriteParts(ref WkbReader reader, Part write, Utf8Buffer output)
    {
        var count = reader.ReadCount(WkbReader.HeaderBytes);
        WriteUInt32((uint)count, output);
        for (var index = 0; index < count; index++) write(ref reader, output);
    }

    // A ring with a header of its own, of one line or several.
    private static void WriteRing(ref WkbReader reader, Utf8Buffer output)
    {
        var header = reader.ReadHeader();
        if (header.Type == GeometryType.CompoundCurve) WriteCompound(ref reader, output);
        else WriteLine(header, ref reader, output);
    }

    private static void WriteRings(WkbHeader header, ref WkbReader reader, Utf8Buffer output)
    {
        var count = reader.ReadCount(sizeof(uint));
        WriteUInt32((uint)count, output);
        for (var index = 0; index < count; index++) WriteLine(header, ref reader, output);
    }

    private static void WriteLine(WkbHeader header, ref WkbReader reader, Utf8Buffer output)
    {
        var points = reader.ReadCoordinates(reader.ReadCount(header.BytesPerCoordinate), header.BytesPerCoordinate);
        WriteUInt32((uint)points.Count, output);
        WritePoints(points, 0, output);
    }

    // One line of several: each begins where the one before has ended. How long it is, is known at its end.
    private static void WriteCompound(ref WkbReader reader, Utf8Buffer output)
    {
        var (place, count) = (output.Length, 0);
        WriteUInt32(0, output);
        for (var (part, parts) = (0, reader.ReadCount(WkbReader.HeaderBytes)); part < parts; part++)
        {
            var header = reader.ReadHeader();
            var points = reader.ReadCoordinates(reader.ReadCount(header.BytesPerCoordinate), header.BytesPerCoordinate);
            var first = part > 0 ? 1 : 0;
            count += Math.Max(points.Count - first, 0);
            WritePoints(points, first, output);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(output.WrittenSpan[place..], (uint)count);
    }

    private static void WritePoints(WkbCoordinates points, int first, Utf8Buffer output)
    {
        for (var index = first; index < points.Count; index++)
        {
            points.Read(index, out var x, out var y);
            var place = output.GetSpan(2 * sizeof(double));
            BinaryPrimitives.WriteDoubleLittleEndian(place, x);
            BinaryPrimitives.WriteDoubleLittleEndian(place[sizeof(double)..], y);
            output.Advance(2 * sizeof(double));
        }
    }

    private static void WriteUInt32(uint value, Utf8Buffer output)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(sizeof(uint)), value);
        output.Advance(sizeof(uint));
    }
}
