using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace CartoPlatform.PostGis.Queries;

/// <summary>The values a caller sends for the placeholders of its SQL: an array for <c>$1</c>, an object for <c>@name</c>, or none.</summary>
public sealed class QueryParameters
{
    /// <summary>Far more than a statement uses; PostgreSQL itself stops at 65,535.</summary>
    public const int MaxCount = 10_000;

    private const string InvalidName = "A name in queryParameters is not valid Unicode";

    // Deep enough for any value, and shallow enough for PostgreSQL's own JSON parser.
    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 64 };

    private QueryParameters(IReadOnlyList<QueryValue>? positional, IReadOnlyDictionary<string, QueryValue>? named)
    {
        Positional = positional;
        Named = named;
    }

    public static QueryParameters None { get; } = new(null, null);

    internal IReadOnlyList<QueryValue>? Positional { get; }

    internal IReadOnlyDictionary<string, QueryValue>? Named { get; }

    /// <summary>Reads the text of a query string: JSON, or empty for none.</summary>
    public static bool TryParse(string? json, [NotNullWhen(true)] out QueryParameters? parameters, [NotNullWhen(false)] out string? error)
    {
        parameters = None;
        error = null;
        if (string.IsNullOrWhiteSpace(json)) return true;

        try
        {
            using var document = JsonDocument.Parse(json, JsonOptions);
            return TryParse(document.RootElement, out parameters, out error);
        }
        catch (JsonException)
        {
            parameters = null;
            error = "queryParameters is not valid JSON";
            return false;
        }
        catch (InvalidOperationException)
        {
            // While names are compared.
            parameters = null;
            error = InvalidName;
            return false;
        }
    }

    /// <summary>Reads a member of a JSON body: array, object, null, or text as in a query string.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out QueryParameters? parameters, [NotNullWhen(false)] out string? error)
    {
        parameters = null;
        error = null;
        switch (json.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                parameters = None;
                return true;
            case JsonValueKind.String when JsonText.TryRead(json, out var text):
                return TryParse(text, out parameters, out error);
            case JsonValueKind.Array when json.GetArrayLength() <= MaxCount:
                return TryReadArray(json, out parameters, out error);
            case JsonValueKind.Object when json.GetPropertyCount() <= MaxCount:
                return TryReadObject(json, out parameters, out error);
            case JsonValueKind.Array or JsonValueKind.Object:
                error = $"queryParameters holds more than {MaxCount} values";
                return false;
            default:
                error = "queryParameters must be a JSON array or object";
                return false;
        }
    }

    private static bool TryReadArray(JsonElement json, out QueryParameters? parameters, out string? error)
    {
        parameters = null;
        error = null;
        var values = new List<QueryValue>();
        foreach (var item in json.EnumerateArray())
        {
            if (!QueryValue.TryRead(item, $"${values.Count + 1}", out var value, out error)) return false;
            values.Add(value);
        }

        parameters = new QueryParameters(values, null);
        return true;
    }

    private static bool TryReadObject(JsonElement json, out QueryParameters? parameters, out string? error)
    {
        parameters = null;
        var values = new Dictionary<string, QueryValue>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!JsonText.TryReadName(member, out var name))
            {
                error = InvalidName;
                return false;
            }

            if (!QueryValue.TryRead(member.Value, $"@{name}", out var value, out error)) return false;
            values[name] = value;
        }

        error = null;
        parameters = new QueryParameters(null, values);
        return true;
    }
}
