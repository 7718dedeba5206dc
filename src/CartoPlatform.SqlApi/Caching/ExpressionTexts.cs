using System.Text.Json;

namespace CartoPlatform.SqlApi.Caching;

/// <summary>All text in a model's parameters: any of it may be SQL, and name what the answer depends on.</summary>
internal static class ExpressionTexts
{
    public static IReadOnlyList<string> Of(JsonElement parameters)
    {
        var texts = new List<string>();
        Collect(parameters, texts);
        return texts;
    }

    private static void Collect(JsonElement value, List<string> texts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when value.GetString() is { Length: > 0 } text:
                texts.Add(text);
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray()) Collect(element, texts);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Collect(member.Value, texts);
                break;
        }
    }
}
