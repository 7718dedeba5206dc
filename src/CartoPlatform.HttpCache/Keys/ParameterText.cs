using System.Text;
using System.Text.Json;

namespace CartoPlatform.HttpCache.Keys;

internal sealed record BodyParameter(string Name, string Canonical);

/// <summary>One text for a parameter's value, however it was sent: as text of a URL or a form, or as JSON.</summary>
internal static class ParameterText
{
    // SQL is trimmed and nothing else: what stands inside may be a constant.
    private static readonly HashSet<string> Sql = new(StringComparer.Ordinal) { "q", "query", "source" };

    // Parameters that are JSON in a URL, too.
    private static readonly HashSet<string> Json = new(StringComparer.Ordinal) { "queryParameters", "filters", "params", "spatialFilters", "filtersLogicalOperator" };

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static string FromText(string name, string value)
    {
        if (Sql.Contains(name)) return value.Trim(' ', '\t', '\n', '\r', '\f');
        if (!Json.Contains(name) || value.Length == 0) return value;
        try
        {
            using var document = JsonDocument.Parse(value, Options);
            return FromJson(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The API will refuse it.
            return value;
        }
    }

    /// <summary>A member of a JSON body: text as it would stand in a URL, all else as canonical JSON.</summary>
    public static string FromMember(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? FromText(name, value.GetString() ?? "") : FromJson(value);

    // Types stay apart (1 and "1"), numbers as they were written, members in the order of their names.
    private static string FromJson(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) Write(writer, value);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray()) Write(writer, element);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
