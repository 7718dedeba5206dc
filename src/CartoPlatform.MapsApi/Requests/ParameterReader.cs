using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>Takes typed values out of a request's parameters. The first thing wrong with them is the <see cref="Error"/>; what was read after it means nothing.</summary>
internal sealed class ParameterReader(RequestParameters parameters)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    public ApiError? Error { get; private set; }

    public bool Has(string name) => parameters.Find(name) is not null;

    public void Fail(string error) => Error ??= ApiError.BadRequest(error);

    public string RequiredText(string name, int maxLength)
    {
        var text = Text(name, maxLength);
        if (text is null) Fail($"The parameter {name} is missing");
        return text ?? "";
    }

    /// <summary>A text that is not empty; numbers of a JSON body count as their text. Null when it is absent.</summary>
    public string? Text(string name, int maxLength)
    {
        if (Find(name) is not { } value) return null;
        var text = value.Text ?? FromJson(name, value.Json);
        if (string.IsNullOrWhiteSpace(text)) Fail($"The parameter {name} is empty");
        else if (text.Length > maxLength) Fail($"The parameter {name} is longer than {maxLength} characters");
        else if (text.Contains('\0', StringComparison.Ordinal)) Fail($"The parameter {name} holds a NUL character");
        return text;
    }

    public bool Flag(string name)
    {
        if (Find(name) is not { } value) return false;
        switch (value)
        {
            case { Text: "true" or "TRUE" or "True" or "1" } or { Json.ValueKind: JsonValueKind.True }:
                return true;
            case { Text: not ("false" or "FALSE" or "False" or "0") } or { Text: null, Json.ValueKind: not JsonValueKind.False }:
                Fail($"The parameter {name} must be true or false");
                return false;
            default:
                return false;
        }
    }

    /// <summary>A JSON object, or array where that is allowed: native in a body, as text elsewhere. Null when it is absent.</summary>
    public JsonElement? Json(string name, int maxLength, bool allowArray)
    {
        if (Find(name) is not { } value) return null;
        var text = value.Text ?? (value.Json.ValueKind == JsonValueKind.String ? FromJson(name, value.Json) : value.Json.GetRawText());
        if (text.Length > maxLength)
        {
            Fail($"The parameter {name} is longer than {maxLength} characters");
            return null;
        }

        if (TryParse(name, text, out var json) && (json.ValueKind == JsonValueKind.Object || (allowArray && json.ValueKind == JsonValueKind.Array))) return json;
        Fail($"The parameter {name} must be a JSON object{(allowArray ? " or array" : "")} without repeated members");
        return null;
    }

    private RequestParameter? Find(string name)
    {
        if (parameters.IsRepeated(name)) Fail($"The parameter {name} is given more than once");
        return parameters.Find(name);
    }

    private string FromJson(string name, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number) return json.GetRawText();
        if (json.ValueKind != JsonValueKind.String)
        {
            Fail($"The parameter {name} must be a text");
            return "";
        }

        try
        {
            // Members of the client's JSON may hold half a surrogate pair, which is no text.
            return json.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            FailOnUnicode(name);
            return "";
        }
    }

    private bool TryParse(string name, string text, [NotNullWhen(true)] out JsonElement json)
    {
        json = default;
        try
        {
            using var document = JsonDocument.Parse(text, JsonOptions);
            json = document.RootElement.Clone();
            if (JsonText.IsUnicode(json)) return true;
            FailOnUnicode(name);
            return false;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // While names are compared.
            FailOnUnicode(name);
            return false;
        }
    }

    private void FailOnUnicode(string name) => Fail($"The parameter {name} is not valid Unicode");
}
