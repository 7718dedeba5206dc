using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Parameters of a request by name, wherever they stand.</summary>
internal sealed class QueryFields(IQueryCollection query, IFormCollection? form, JsonElement? json)
{
    /// <summary>A text, or null where there is none.</summary>
    public bool TryGetText(string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        text = null;
        error = null;
        if (FindJson(name) is not { } element) return TryGetOne(name, out text, out error);
        if (element.ValueKind == JsonValueKind.String && JsonText.TryRead(element, out text)) return true;
        error = $"The parameter {name} must be a text";
        return false;
    }

    public bool TryGetParameters([NotNullWhen(true)] out QueryParameters? parameters, [NotNullWhen(false)] out string? error)
    {
        const string Name = "queryParameters";
        parameters = null;
        if (FindJson(Name) is { } element) return QueryParameters.TryParse(element, out parameters, out error);
        return TryGetOne(Name, out var text, out error) && QueryParameters.TryParse(text, out parameters, out error);
    }

    /// <summary>The parameters as a URL has them; null elsewhere.</summary>
    public string? ParametersText => query["queryParameters"] is [var text] ? text : null;

    private JsonElement? FindJson(string name) =>
        json is { } body && body.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    private bool TryGetOne(string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        var values = form?.ContainsKey(name) == true ? form[name] : query[name];
        text = values.Count == 1 ? values[0] : null;
        error = values.Count > 1 ? $"The parameter {name} is given more than once" : null;
        return error is null;
    }
}
