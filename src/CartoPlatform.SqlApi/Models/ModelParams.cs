using System.Globalization;
using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Takes typed values out of a model's <c>params</c>. The first thing wrong is the <see cref="Error"/>; what was read after it means nothing.</summary>
internal sealed class ModelParams(JsonElement json)
{
    /// <summary>PostgreSQL's greatest number of columns in a result.</summary>
    private const int MaxEntries = 1_600;

    public ApiError? Error { get; private set; }

    public void Fail(ApiError error) => Error ??= error;

    public void Fail(string error) => Fail(ApiError.BadRequest(error));

    /// <summary>Null where there is none.</summary>
    public JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>Null where there is none, or an empty one.</summary>
    public string? Text(string name) => Find(name) is { } value && ReadText(name, value) is { Length: > 0 } text ? text : null;

    public string RequiredText(string name)
    {
        if (Text(name) is { } text) return text;
        Fail($"The param {name} is missing");
        return "";
    }

    /// <summary>One of several words, whatever its case; null where there is none.</summary>
    public string? Word(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text) return null;
        foreach (var word in words)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase)) return word;
        }

        Fail($"The param {name} must be one of {string.Join(", ", words!)}");
        return null;
    }

    /// <summary>A whole number, which may be a text; null where there is none.</summary>
    public int? Integer(string name, int min, int max)
    {
        if (Find(name) is not { } value) return null;
        var text = value.ValueKind == JsonValueKind.String ? ReadText(name, value) : value.GetRawText();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max && Math.Floor(number) == number)
            return (int)number;
        Fail($"The param {name} must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>An array of texts; empty where there is none.</summary>
    public IReadOnlyList<string> Texts(string name, int max = MaxEntries) => [.. Entries(name, max).Select(value => ReadText(name, value))];

    /// <summary>The entries of an array; none where it is missing.</summary>
    public IReadOnlyList<JsonElement> Entries(string name, int max = MaxEntries)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= max) return [.. value.EnumerateArray()];
        Fail($"The param {name} must be an array of at most {max} entries");
        return [];
    }

    private string ReadText(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && JsonText.TryRead(value, out var text) && !text.Contains('\0', StringComparison.Ordinal)) return text;
        Fail($"The param {name} must be a text");
        return "";
    }
}
