using System.Text.Json;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>Reads a request for statistics: the path names the column and the table, parameters a query in its place.</summary>
internal static class StatsRequestReader
{
    public static ValueTask<(StatsRequest? Request, ApiError? Error)> ReadAsync(
        HttpRequest request, string? table, string column, CancellationToken cancellationToken) =>
        RequestFields.ReadAsync<StatsRequest>(request, fields => Read(fields, Unescape(table), Unescape(column)!), cancellationToken);

    // Kestrel decodes paths but for the slash, which parts them.
    private static string? Unescape(string? segment) => segment?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static (StatsRequest? Request, ApiError? Error) Read(QueryFields fields, string? table, string column)
    {
        string? query = null;
        if (column.Contains('\0', StringComparison.Ordinal) || table?.Contains('\0', StringComparison.Ordinal) == true) return Refuse("The path holds a NUL character");
        if (table is null && !fields.TryGetText("q", out query, out var error)) return Refuse(error);
        if (table is null && query is null) return Refuse("The parameter q is missing, or a table before the column in the path");
        if (!fields.TryGetParameters(out var parameters, out error)) return Refuse(error);
        if (!fields.TryGetJson("queryParameters", out var values, out error)) return Refuse(error);
        if (!TryGetFilters(fields, out var filters, out error)) return Refuse(error ?? "");
        if (!fields.TryGetText("spatialDataType", out var type, out error)) return Refuse(error);
        if (!TryGetCells(type, out var cells)) return Refuse("The parameter spatialDataType must be one of geo, h3, quadbin, trajectory");

        return (new StatsRequest(
            new ModelRequest
            {
                IsTable = table is not null,
                Source = table ?? query!,
                QueryParameters = parameters,
                QueryParametersText = values?.GetRawText(),
                Params = default,
                Filters = filters,
                FiltersTogether = FilterOperator.And,
            },
            column,
            cells), null);
    }

    private static bool TryGetFilters(QueryFields fields, out JsonElement? filters, out string? error)
    {
        if (!fields.TryGetJson("filters", out filters, out error)) return false;
        if (filters is { ValueKind: JsonValueKind.Null }) filters = null;
        // The document of a body is gone when the statement is written.
        filters = filters?.Clone();
        if (filters is null or { ValueKind: JsonValueKind.Object }) return true;
        error = "The parameter filters must be a JSON object";
        return false;
    }

    private static bool TryGetCells(string? type, out CellScheme? cells)
    {
        cells = type?.ToUpperInvariant() switch
        {
            "H3" or "H3INT" => CellScheme.H3,
            "QUADBIN" => CellScheme.Quadbin,
            _ => null,
        };
        return cells is not null || type is null or "" || type.ToUpperInvariant() is "GEO" or "TRAJECTORY";
    }

    private static (StatsRequest? Request, ApiError? Error) Refuse(string error) => (null, ApiError.BadRequest(error));
}
