using System.Globalization;
using System.Numerics;

namespace CartoPlatform.PostGis.Queries;

/// <summary>A JSON number as the type that PostgreSQL gives the same constant: int4, int8, else numeric (or float8 where .NET's decimal ends).</summary>
internal readonly record struct JsonNumber(string TypeName, object Value)
{
    // System.Decimal holds 28 digits whatever they are.
    private const int DecimalDigits = 28;

    // Beyond this the time to read an integer grows with the square of its length.
    private const int MaxIntegerDigits = 1_000;

    private const NumberStyles IntegerStyle = NumberStyles.AllowLeadingSign;

    public static bool TryRead(string json, out JsonNumber number)
    {
        if (int.TryParse(json, IntegerStyle, CultureInfo.InvariantCulture, out var integer))
            number = new JsonNumber("integer", integer);
        else if (long.TryParse(json, IntegerStyle, CultureInfo.InvariantCulture, out var big))
            number = new JsonNumber("bigint", big);
        else if (IsExactDecimal(json))
            number = new JsonNumber("numeric", decimal.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture));
        else if (json.Length <= MaxIntegerDigits && BigInteger.TryParse(json, IntegerStyle, CultureInfo.InvariantCulture, out var huge))
            number = new JsonNumber("numeric", huge);
        else
            number = new JsonNumber("double precision", double.Parse(json, CultureInfo.InvariantCulture));

        return number.Value is not double value || double.IsFinite(value);
    }

    /// <summary>Whether <see cref="decimal"/> holds the number with every digit.</summary>
    private static bool IsExactDecimal(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(json.AsSpan(exponentAt + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out exponent)) return false;

        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Count(char.IsAsciiDigit);
        var scale = (long)fraction - exponent;
        return digits <= DecimalDigits && scale <= DecimalDigits && digits - scale <= DecimalDigits;
    }
}
