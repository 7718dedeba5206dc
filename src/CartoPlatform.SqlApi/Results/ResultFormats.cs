using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results.Arrow;

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
        "arrow" => (new ArrowResultWriter(), null),
        "geoparquet" or "parquet" => (null, ApiError.NotImplemented($"The format {format} (there are json, ndjson, geojson, csv and arrow)")),
        _ => (null, ApiError.BadRequest("The format must be json, ndjson, geojson, csv or arrow")),
    };
}
