using System.Text.Json;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Queries;

namespace CartoPlatform.SqlApi.Models;

/// <summary>From a request's parameters to what all models have in common, or to the first thing that is wrong with them.</summary>
internal sealed class ModelRequestReader
{
    private static readonly JsonElement NoParams = JsonDocument.Parse("{}").RootElement;

    private readonly QueryFields _fields;

    private string? _error;

    private ModelRequestReader(QueryFields fields) => _fields = fields;

    public static ValueTask<(ModelRequest? Request, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        RequestFields.ReadAsync<ModelRequest>(request, fields => new ModelRequestReader(fields).Read(), cancellationToken);

    private (ModelRequest? Request, ApiError? Error) Read()
    {
        if (!_fields.TryGetParameters(out var parameters, out var error)) return (null, ApiError.BadRequest(error));
        var request = new ModelRequest
        {
            IsTable = OneOf("type", "", [("table", true), ("query", false)]),
            Source = Text("source") is { Length: > 0 } source ? source : Missing("source"),
            QueryParameters = parameters,
            QueryParametersText = Json("queryParameters")?.GetRawText(),
            Params = Object("params") ?? NoParams,
            Filters = Object("filters"),
            FiltersTogether = OneOf("filtersLogicalOperator", "and", [("and", FilterOperator.And), ("or", FilterOperator.Or)]),
            SpatialColumn = Text("spatialDataColumn") is { Length: > 0 } column ? column : null,
            SpatialFilters = Spatial(),
        };
        return _error is null ? (request, null) : (null, ApiError.BadRequest(_error));
    }

    private SpatialFilters? Spatial()
    {
        var type = OneOf("spatialDataType", "geo", [
            ("geo", SpatialDataType.Geo), ("h3", SpatialDataType.H3), ("h3int", SpatialDataType.H3),
            ("quadbin", SpatialDataType.Quadbin), ("trajectory", SpatialDataType.Trajectory)]);
        var mode = OneOf("spatialFiltersMode", "intersects", [
            ("intersects", SpatialFiltersMode.Intersects), ("center", SpatialFiltersMode.Center), ("contains", SpatialFiltersMode.Contains)]);
        var resolution = Json("spatialFiltersResolution");
        var level = 0;
        if (resolution is not null && !(resolution is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out level) && level is >= 0 and <= 30))
            Fail("The parameter spatialFiltersResolution must be a whole number from 0 to 30");
        return Object("spatialFilters") is { } filters ? new SpatialFilters(filters, type, mode, resolution is null ? null : level) : null;
    }

    private string? Text(string name)
    {
        if (_fields.TryGetText(name, out var text, out var error))
        {
            if (text?.Contains('\0', StringComparison.Ordinal) == true) Fail($"The parameter {name} holds a NUL character");
            return text;
        }

        Fail(error);
        return null;
    }

    /// <summary>One of several words, whatever its case: old clients write AND and OR.</summary>
    private T OneOf<T>(string name, string otherwise, ReadOnlySpan<(string Word, T Value)> words)
    {
        var text = Text(name) is { Length: > 0 } given ? given : otherwise;
        var known = new List<string>();
        foreach (var (word, value) in words)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
            known.Add(word);
        }

        Fail($"The parameter {name} must be one of {string.Join(", ", known)}");
        return words[0].Value;
    }

    private JsonElement? Object(string name)
    {
        if (Json(name) is not { } json) return null;
        if (json.ValueKind != JsonValueKind.Object) Fail($"The parameter {name} must be a JSON object");
        return json;
    }

    private JsonElement? Json(string name)
    {
        if (!_fields.TryGetJson(name, out var json, out var error)) Fail(error);
        // The client writes null for null, and a body's document is gone when this has returned.
        return json is { ValueKind: not JsonValueKind.Null } element ? element.Clone() : null;
    }

    private string Missing(string name)
    {
        Fail($"The parameter {name} is missing");
        return "";
    }

    private void Fail(string error) => _error ??= error;
}
