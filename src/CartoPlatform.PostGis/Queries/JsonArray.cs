using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CartoPlatform.PostGis.Queries;

/// <summary>A JSON array as an SQL array: typed where all elements are of one kind, and as PostgreSQL's text form.</summary>
/// <param name="TypeName">Type of <see cref="Values"/>.</param>
/// <param name="Values">The elements; null where they are of several kinds, or the array is not rectangular.</param>
/// <param name="Literal">As <c>{1,2}</c>; null where an element is an object, or the array is not rectangular.</param>
internal sealed record JsonArray(string TypeName, Array? Values, string? Literal)
{
    // MAXDIM of PostgreSQL.
    private const int MaxDimensions = 6;

    /// <returns>False if a number is out of range or a text is not valid Unicode.</returns>
    public static bool TryRead(JsonElement json, out JsonArray array)
    {
        array = new JsonArray("jsonb", null, null);
        var lengths = new List<int>();
        for (var level = json; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            lengths.Add(level.GetArrayLength());
            if (lengths[^1] == 0) break;
        }

        var leaves = new List<JsonElement>();
        var rectangular = lengths.Count <= MaxDimensions && Flatten(json, lengths, 0, leaves);
        if (!rectangular || leaves.Exists(leaf => leaf.ValueKind == JsonValueKind.Object)) return AreTextsValid(json);

        var elements = JsonArrayElements.Read(leaves);
        if (elements is null) return false;

        var literal = new StringBuilder();
        WriteLiteral(json, literal);
        array = new JsonArray(elements.TypeName, Shape(elements.Values, lengths), leaves.Count == 0 ? "{}" : literal.ToString());
        return true;
    }

    private static bool Flatten(JsonElement json, List<int> lengths, int depth, List<JsonElement> leaves)
    {
        if (depth == lengths.Count)
        {
            leaves.Add(json);
            return json.ValueKind != JsonValueKind.Array;
        }

        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != lengths[depth]) return false;
        foreach (var item in json.EnumerateArray())
        {
            if (!Flatten(item, lengths, depth + 1, leaves)) return false;
        }

        return true;
    }

    private static bool AreTextsValid(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => JsonText.TryRead(json, out _),
        JsonValueKind.Array => json.EnumerateArray().All(AreTextsValid),
        _ => true,
    };

    private static Array? Shape(Array? flat, List<int> lengths)
    {
        if (flat is null || lengths.Count == 1 || flat.Length == 0) return flat;

        // GetType of an array always has an element type.
        var shaped = Array.CreateInstance(flat.GetType().GetElementType()!, [.. lengths]);
        var index = new int[lengths.Count];
        foreach (var value in flat)
        {
            shaped.SetValue(value, index);
            for (var dimension = lengths.Count - 1; dimension >= 0 && ++index[dimension] == lengths[dimension]; dimension--) index[dimension] = 0;
        }

        return shaped;
    }

    private static void WriteLiteral(JsonElement json, StringBuilder literal)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                var separator = '{';
                foreach (var item in json.EnumerateArray())
                {
                    literal.Append(separator);
                    WriteLiteral(item, literal);
                    separator = ',';
                }

                literal.Append('}');
                break;
            case JsonValueKind.String:
                literal.Append(CultureInfo.InvariantCulture, $"\"{json.GetString()?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
                break;
            case JsonValueKind.Null:
                literal.Append("NULL");
                break;
            default:
                literal.Append(json.GetRawText());
                break;
        }
    }
}
