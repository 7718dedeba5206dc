using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Parameters of a request by name, wherever they stand.</summary>
internal sealed class QueryFields(IQueryCollection query, IFormCollection? form, JsonElement? json)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    /// <summary>A text, or null where there is none.</summary>
    public bool TryGetText(string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        text = null;
        error = null;
        if (FindJson(name) is not { } element) return TryGetOne(name, out text, out error);
        if (element.ValueKind == JsonValueKind.String && JsonText.TryRead(element, out text)) return true;
        error = element.ValueKind == JsonValueKind.String ? NoUnicode(name) : $"The parameter {name} must be a text";
        return false;
    }

    /// <summary>JSON: a member of the body as it is, or a text that holds it. Null where there is none, or nothing in it.</summary>
    public bool TryGetJson(string name, out JsonElement? json, [NotNullWhen(false)] out string? error)
    {
        json = FindJson(name);
        error = null;
        if (json is { ValueKind: JsonValueKind.String }) json = null;
        if (json is null && !TryParse(name, out json, out error)) return false;
        if (json is null || JsonText.IsUnicode(json.Value)) return true;
        error = NoUnicode(name);
        return false;
    }

    private bool TryParse(string name, out JsonElement? json, [NotNullWhen(false)] out string? error)
    {
        json = null;
        if (!TryGetText(name, out var text, out error)) return false;
        if (string.IsNullOrWhiteSpace(text)) return true;
        try
        {
            using var document = JsonDocument.Parse(text, JsonOptions);
            json = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            error = $"The parameter {name} is not valid JSON, or names a member twice";
            return false;
        }
        catch (InvalidOperationException)
        {
            // While names are compared.
            error = NoUnicode(name);
            return false;
        }
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

    private static string NoUnicode(string name) => $"The parameter {name} is not valid Unicode";

    private bool TryGetOne(string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        var values = form?.ContainsKey(name) == true ? form[name] : query[name];
        text = values.Count == 1 ? values[0] : null;
        error = values.Count > 1 ? $"The parameter {name} is given more than once" : null;
        return error is null;
    }
}
