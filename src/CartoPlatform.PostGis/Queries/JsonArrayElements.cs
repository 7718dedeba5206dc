using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CartoPlatform.PostGis.Queries;

/// <summary>The elements of an array as .NET values of one type; <see cref="Values"/> is null where no one type fits.</summary>
internal sealed record JsonArrayElements(string TypeName, Array? Values)
{
    /// <returns>Null if a number is out of range or a text is not valid Unicode.</returns>
    public static JsonArrayElements? Read(List<JsonElement> elements)
    {
        var kinds = elements.Select(element => element.ValueKind).Where(kind => kind != JsonValueKind.Null).Distinct().ToList();
        if (kinds is [JsonValueKind.Number]) return Numbers(elements);
        if (kinds.Contains(JsonValueKind.String) && !elements.TrueForAll(IsValid)) return null;
        if (kinds.Count == 0 || kinds is [JsonValueKind.String]) return new("text[]", elements.Select(element => element.GetString()).ToArray());
        if (kinds.TrueForAll(kind => kind is JsonValueKind.True or JsonValueKind.False))
            return new("boolean[]", elements.Select(element => element.ValueKind == JsonValueKind.Null ? (bool?)null : element.GetBoolean()).ToArray());
        return new("text[]", null);
    }

    private static bool IsValid(JsonElement element) =>
        element.ValueKind != JsonValueKind.String || (JsonText.TryRead(element, out var text) && !text.Contains('\0', StringComparison.Ordinal));

    private static JsonArrayElements? Numbers(List<JsonElement> elements)
    {
        var numbers = new List<object?>(elements.Count);
        foreach (var element in elements)
        {
            if (element.ValueKind == JsonValueKind.Null) numbers.Add(null);
            else if (JsonNumber.TryRead(element.GetRawText(), out var number)) numbers.Add(number.Value);
            else return null;
        }

        if (numbers.TrueForAll(number => number is null or int)) return new("integer[]", numbers.Select(number => (int?)number).ToArray());
        if (numbers.TrueForAll(number => number is null or int or long)) return new("bigint[]", numbers.Select(number => number is null ? (long?)null : Convert.ToInt64(number, CultureInfo.InvariantCulture)).ToArray());
        if (numbers.TrueForAll(number => number is null or int or long or decimal)) return new("numeric[]", numbers.Select(number => number is null ? (decimal?)null : Convert.ToDecimal(number, CultureInfo.InvariantCulture)).ToArray());
        return new("double precision[]", numbers.Select(ToDouble).ToArray());
    }

    private static double? ToDouble(object? number) => number switch
    {
        null => null,
        BigInteger huge => (double)huge,
        _ => Convert.ToDouble(number, CultureInfo.InvariantCulture),
    };
}
