using System.Globalization;
using CartoPlatform.PostGis.Filters.Spatial;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>From parameters to a map request, or to the first thing that is wrong with them.</summary>
internal static class MapRequestReader
{
    private const int MaxNameLength = 400;
    private const int MaxSqlLength = 500_000;
    private const int MaxJsonLength = 500_000;
    // PostgreSQL allows 1,600 columns of 63 bytes.
    private const int MaxColumnsLength = 1_600 * 64;

    private const int MaxExpressionLength = 100_000;

    // Finer than any system of cells.
    private const int MaxLevel = 30;

    private static readonly string[] TypePrefixes = ["geo:", "h3:", "h3int:", "quadbin:"];

    public static Outcome<MapRequest> Read(SourceKind kind, RequestParameters parameters)
    {
        var reader = new ParameterReader(parameters);
        if (reader.Has(ParameterNames.GeoColumn)) reader.Fail("The parameter geo_column is not known any more: use spatialDataColumn and spatialDataType");
        var type = ReadSpatialType(reader);
        var isGeometry = type is SpatialDataType.Geo or SpatialDataType.Trajectory;

        var columns = reader.Text(ParameterNames.Columns, MaxColumnsLength);
        var request = new MapRequest
        {
            Kind = kind,
            Source = kind == SourceKind.Table
                ? reader.RequiredText(ParameterNames.Name, MaxNameLength)
                : reader.RequiredText(ParameterNames.Query, MaxSqlLength),
            QueryParameters = kind == SourceKind.Query ? reader.Json(ParameterNames.QueryParameters, MaxJsonLength, allowArray: true) : null,
            SpatialColumn = ReadSpatialColumn(reader, type),
            SpatialType = type,
            AggregationExp = isGeometry
                ? reader.Text(ParameterNames.AggregationExp, MaxExpressionLength)
                : reader.RequiredText(ParameterNames.AggregationExp, MaxExpressionLength),
            AggregationLevel = isGeometry ? 0 : ReadLevel(reader),
            Resolution = ReadResolution(reader),
            Track = type == SpatialDataType.Trajectory
                ? new TrackColumns(reader.RequiredText(ParameterNames.TrajectoryIdColumn, MaxNameLength), reader.RequiredText(ParameterNames.TimestampColumn, MaxNameLength))
                : null,
            Columns = isGeometry ? columns?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null,
            Filters = reader.Json(ParameterNames.Filters, MaxJsonLength, allowArray: false),
            FeatureBbox = isGeometry && reader.Flag(ParameterNames.FeatureBbox),
        };
        return reader.Error is { } error ? error : request;
    }

    private static TileResolution ReadResolution(ParameterReader reader)
    {
        if (reader.Text(ParameterNames.TileResolution, MaxNameLength) is not { } text) return TileResolution.Default;
        if (TileResolution.Parse(text) is { } resolution) return resolution;
        reader.Fail($"The parameter {ParameterNames.TileResolution} must be one of 0.25, 0.5, 1, 2, 4");
        return TileResolution.Default;
    }

    private static SpatialDataType ReadSpatialType(ParameterReader reader)
    {
        switch (reader.Text(ParameterNames.SpatialDataType, MaxNameLength))
        {
            case null or "geo":
                return SpatialDataType.Geo;
            case "h3" or "h3int":
                return SpatialDataType.H3;
            case "quadbin":
                return SpatialDataType.Quadbin;
            case "trajectory":
                return SpatialDataType.Trajectory;
            default:
                reader.Fail("The parameter spatialDataType must be one of geo, h3, h3int, quadbin, trajectory");
                return SpatialDataType.Geo;
        }
    }

    // Map documents put the type before the column's name: "h3:cell".
    private static string ReadSpatialColumn(ParameterReader reader, SpatialDataType type)
    {
        var column = reader.Text(ParameterNames.SpatialDataColumn, MaxNameLength);
        if (column is null)
        {
            return type switch
            {
                SpatialDataType.H3 => "h3",
                SpatialDataType.Quadbin => "quadbin",
                _ => "geom",
            };
        }

        var prefix = TypePrefixes.FirstOrDefault(prefix => column.Length > prefix.Length && column.StartsWith(prefix, StringComparison.Ordinal));
        return prefix is null ? column : column[prefix.Length..];
    }

    private static int ReadLevel(ParameterReader reader)
    {
        // The client leaves it out when it is 0; a fraction counts as what is whole of it.
        if (reader.Text(ParameterNames.AggregationResLevel, MaxNameLength) is not { } text) return 0;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var level) && level <= MaxLevel) return (int)level;
        reader.Fail($"The parameter {ParameterNames.AggregationResLevel} must be a number from 0 to {MaxLevel}");
        return 0;
    }
}
