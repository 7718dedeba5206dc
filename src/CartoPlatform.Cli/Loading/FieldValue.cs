using System.Globalization;
using System.Text.RegularExpressions;

namespace CartoPlatform.Cli.Loading;

/// <summary>One value of a row, as the text that PostgreSQL reads, whatever type its column ends up with.</summary>
internal readonly partial record struct FieldValue(FieldKind Kind, string Text)
{
    // 2^53.
    private const long MaxExact = 1L << 53;

    // So many digits tell every double from the next; programs that write more mean more.
    private const int MaxDoubleDigits = 17;

    public static readonly FieldValue Null = new(FieldKind.Null, "");

    /// <summary>Guesses from text alone. An empty field is null; a number with leading zeros is a code, not a number.</summary>
    public static FieldValue FromText(string text)
    {
        if (text.Length == 0)
            return Null;

        // PostgreSQL's own input of numbers and booleans ignores blanks around them too.
        var trimmed = text.Trim(' ');
        if (trimmed is "true" or "false" or "TRUE" or "FALSE" or "True" or "False")
            return new FieldValue(FieldKind.Boolean, text);
        if (NumberPattern().IsMatch(trimmed))
            return FromNumber(trimmed) with { Text = text };
        return new FieldValue(FromTime(text), text);
    }

    /// <summary>Takes a number as JSON writes it.</summary>
    public static FieldValue FromNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new FieldValue(whole is >= -MaxExact and <= MaxExact ? FieldKind.Integer : FieldKind.LongInteger, text);

        var isFraction = text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0;
        var isFinite = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        return new FieldValue(isFraction && isFinite && DigitsOf(text) <= MaxDoubleDigits ? FieldKind.Double : FieldKind.Numeric, text);
    }

    // Zeros at either end say nothing that a double could lose.
    private static int DigitsOf(string text)
    {
        var end = text.AsSpan().IndexOfAny('e', 'E');
        var digits = text[..(end < 0 ? text.Length : end)].Replace(".", "", StringComparison.Ordinal).Trim('-', '+').TrimStart('0');
        return (text.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0') : digits).Length;
    }

    /// <summary>ISO 8601 dates and times; everything else is text.</summary>
    public static FieldKind FromTime(string text)
    {
        if (text.Length is < 10 or > 40 || !char.IsAsciiDigit(text[0]) || TimePattern().Match(text) is not { Success: true } match)
            return FieldKind.Text;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            return FieldKind.Text;
        return match.Groups["time"].Success ? FieldKind.Timestamp : FieldKind.Date;
    }

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"^\d{4}(-\d\d-|/\d\d/)\d\d(?<time>[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();
}
