namespace CartoPlatform.SqlApi.Values;

/// <summary>Geometry as a GeoJSON object (RFC 7946) with every digit of its coordinates.</summary>
internal static class GeoJsonFormat
{
    public static void Write(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var reader = new EwkbReader(value);
        WriteGeometry(ref reader, output);
    }

    private static void WriteGeometry(ref EwkbReader reader, Utf8Buffer output)
    {
        var type = reader.ReadHeader();
        if (reader.Srid is not (0 or GeometrySql.Wgs84))
            throw new UnwritableValueException($"Geometry in SRID {reader.Srid} has to be transformed in the statement, by ST_Transform(…, {GeometrySql.Wgs84})");

        output.Write("{\"type\":\""u8);
        output.Write(NameOf(type));
        output.Write(type == EwkbType.GeometryCollection ? "\",\"geometries\":"u8 : "\",\"coordinates\":"u8);
        if (type == EwkbType.GeometryCollection) WriteCollection(ref reader, output);
        else WriteCoordinates(type, ref reader, output);
        output.Write((byte)'}');
    }

    private static ReadOnlySpan<byte> NameOf(EwkbType type) => type switch
    {
        EwkbType.Point => "Point"u8,
        EwkbType.LineString or EwkbType.CompoundCurve => "LineString"u8,
        EwkbType.Polygon or EwkbType.CurvePolygon or EwkbType.Triangle => "Polygon"u8,
        EwkbType.MultiPoint => "MultiPoint"u8,
        EwkbType.MultiLineString or EwkbType.MultiCurve => "MultiLineString"u8,
        EwkbType.MultiPolygon or EwkbType.MultiSurface or EwkbType.PolyhedralSurface or EwkbType.Tin => "MultiPolygon"u8,
        EwkbType.GeometryCollection => "GeometryCollection"u8,
        _ => throw new UnwritableValueException("Curved geometry has to be made straight in the statement, by ST_CurveToLine"),
    };

    private static void WriteCollection(ref EwkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount()); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteGeometry(ref reader, output);
        }

        output.Write((byte)']');
    }

    private static void WriteCoordinates(EwkbType type, ref EwkbReader reader, Utf8Buffer output)
    {
        switch (type)
        {
            case EwkbType.Point:
                WritePoint(ref reader, output);
                break;
            case EwkbType.LineString:
                WriteLine(ref reader, output);
                break;
            case EwkbType.CompoundCurve:
                WriteCompound(ref reader, output);
                break;
            case EwkbType.Polygon or EwkbType.Triangle:
                WriteRings(ref reader, output);
                break;
            default:
                WriteParts(ref reader, output);
                break;
        }
    }

    private static void WriteParts(ref EwkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount()); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteCoordinates(reader.ReadHeader(), ref reader, output);
        }

        output.Write((byte)']');
    }

    // One line of several: each begins where the one before has ended.
    private static void WriteCompound(ref EwkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (part, parts) = (0, reader.ReadCount()); part < parts; part++)
        {
            reader.ReadHeader();
            for (var (index, count) = (0, reader.ReadCount()); index < count; index++)
            {
                if (part > 0 && index == 0)
                {
                    reader.ReadPoint();
                    continue;
                }

                if (index > 0) output.Write((byte)',');
                WritePoint(ref reader, output);
            }
        }

        output.Write((byte)']');
    }

    private static void WriteRings(ref EwkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount()); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteLine(ref reader, output);
        }

        output.Write((byte)']');
    }

    private static void WriteLine(ref EwkbReader reader, Utf8Buffer output)
    {
        output.Write((byte)'[');
        for (var (index, count) = (0, reader.ReadCount()); index < count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WritePoint(ref reader, output);
        }

        output.Write((byte)']');
    }

    private static void WritePoint(ref EwkbReader reader, Utf8Buffer output)
    {
        var (x, y) = reader.ReadPoint();
        output.Write((byte)'[');

        // An empty point is one of NaN.
        if (!double.IsNaN(x) || !double.IsNaN(y))
        {
            NumberFormats.Write(x, output);
            output.Write((byte)',');
            NumberFormats.Write(y, output);
        }

        output.Write((byte)']');
    }
}
