using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.SqlApi.Results;

/// <summary>The values of <c>format</c>.</summary>
internal static class ResultFormats
{
    public static (IResultWriter? Writer, ApiError? Error) Find(string? format) => format switch
    {
        null or "" or "json" => (new JsonResultWriter(), null),
        "ndjson" => (new NdjsonResultWriter(), null),
        "csv" => (new CsvResultWriter(), null),
        "geojson" => (new GeoJsonResultWriter(), null),
        "geoparquet" or "arrow" => (null, ApiError.NotImplemented($"The format {format}")),
        _ => (null, ApiError.BadRequest("The format must be json, ndjson, geojson or csv")),
    };
}
