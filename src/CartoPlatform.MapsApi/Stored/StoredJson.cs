using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>
/// JSON that others have written beside their tiles, and answers that pass it on as it is. Numbers and objects may have been written
/// as texts, lists as numbers with commas between.
/// </summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Output = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonNodeOptions Nodes = new() { PropertyNameCaseInsensitive = false };

    public static IResult Answer(JsonObject json) => TypedResults.Text(json.ToJsonString(Output), "application/json", Encoding.UTF8);

    public static JsonObject? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, Nodes) as JsonObject is { } json && IsWhole(json) ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonObject? Parse(string? text) => text is null ? null : Parse(Encoding.UTF8.GetBytes(text));

    public static string? Text(this JsonObject json, string name) =>
        json[name] is JsonValue value ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString() : null;

    public static double? Number(this JsonObject json, string name) => Number(json[name]);

    public static int? Integer(this JsonObject json, string name) =>
        json.Number(name) is { } number && number >= int.MinValue && number <= int.MaxValue ? (int)number : null;

    /// <summary>Numbers; null where they are not so many, or not finite.</summary>
    public static double[]? Numbers(this JsonObject json, string name, int count)
    {
        var items = json[name] switch
        {
            JsonArray array => array.Select(Number),
            JsonValue value when value.TryGetValue<string>(out var text) => text.Trim('[', ']').Split(',').Select(item => Number(JsonValue.Create(item.Trim()))),
            _ => [],
        };
        var numbers = items.ToList();
        return numbers.Count == count && numbers.All(number => number is { } known && double.IsFinite(known)) ? [.. numbers.OfType<double>()] : null;
    }

    public static JsonObject? Object(this JsonObject json, string name) => json[name] switch
    {
        JsonObject nested => nested,
        JsonValue value when value.TryGetValue<string>(out var text) => Parse(text),
        _ => null,
    };

    public static JsonArray? Array(this JsonObject json, string name) => json[name] switch
    {
        JsonArray array => array,
        JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith('[') => ParseArray(text),
        _ => null,
    };

    private static JsonArray? ParseArray(string text) => Parse($"{{\"a\":{text}}}")?["a"] as JsonArray;

    // A name that is there twice, or half a surrogate pair, is found by reading: here, and not in the middle of an answer.
    private static bool IsWhole(JsonObject json)
    {
        try
        {
            return json.ToJsonString(Output).Length > 0 && json.Count >= 0;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static double? Number(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<double>(out var number) => number,
        JsonValue value when value.TryGetValue<string>(out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
