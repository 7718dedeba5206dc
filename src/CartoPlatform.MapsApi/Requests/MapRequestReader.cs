using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>From parameters to a map request, or to the first thing that is wrong with them.</summary>
internal static class MapRequestReader
{
    private const int MaxNameLength = 400;
    private const int MaxSqlLength = 500_000;
    private const int MaxJsonLength = 500_000;
    // PostgreSQL allows 1,600 columns of 63 bytes.
    private const int MaxColumnsLength = 1_600 * 64;

    // What other sources of the client library send; they come with issue 3.
    private static readonly string[] OtherSpatialTypes = ["h3", "h3int", "quadbin", "trajectory"];

    public static Outcome<MapRequest> Read(SourceKind kind, RequestParameters parameters)
    {
        var reader = new ParameterReader(parameters);
        if (NotBuilt(reader) is { } notBuilt) return reader.Error ?? notBuilt;

        var columns = reader.Text(ParameterNames.Columns, MaxColumnsLength);
        var request = new MapRequest
        {
            Kind = kind,
            Source = kind == SourceKind.Table
                ? reader.RequiredText(ParameterNames.Name, MaxNameLength)
                : reader.RequiredText(ParameterNames.Query, MaxSqlLength),
            QueryParameters = kind == SourceKind.Query ? reader.Json(ParameterNames.QueryParameters, MaxJsonLength, allowArray: true) : null,
            SpatialColumn = reader.Text(ParameterNames.SpatialDataColumn, MaxNameLength) ?? "geom",
            Resolution = ReadResolution(reader),
            Columns = columns?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Filters = reader.Json(ParameterNames.Filters, MaxJsonLength, allowArray: false),
            FeatureBbox = reader.Flag(ParameterNames.FeatureBbox),
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

    private static ApiError? NotBuilt(ParameterReader reader)
    {
        if (reader.Has(ParameterNames.GeoColumn))
            return ApiError.BadRequest("The parameter geo_column is not known any more: use spatialDataColumn and spatialDataType");

        var type = reader.Text(ParameterNames.SpatialDataType, MaxNameLength);
        if (type is not (null or "geo"))
        {
            return OtherSpatialTypes.Contains(type)
                ? ApiError.NotImplemented($"The spatial data type {type}")
                : ApiError.BadRequest("The parameter spatialDataType must be one of geo, h3, h3int, quadbin, trajectory");
        }

        return reader.Has(ParameterNames.AggregationExp) ? ApiError.NotImplemented("The parameter aggregationExp") : null;
    }
}
