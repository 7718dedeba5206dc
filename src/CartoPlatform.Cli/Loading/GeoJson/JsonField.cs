using System.Text.Json;

namespace CartoPlatform.Cli.Loading.GeoJson;

internal static class JsonField
{
    /// <summary>Text stays text even when it looks like a number; dates have no form of their own in JSON, so they are recognised.</summary>
    public static FieldValue Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return FieldValue.Null;
            case JsonValueKind.True or JsonValueKind.False:
                return new FieldValue(FieldKind.Boolean, element.GetRawText());
            case JsonValueKind.Number:
                return FieldValue.FromNumber(element.GetRawText());
            case JsonValueKind.String:
                var text = element.GetString() ?? "";
                return new FieldValue(FieldValue.FromTime(text), text);
            default:
                return new FieldValue(FieldKind.Json, element.GetRawText());
        }
    }
}
