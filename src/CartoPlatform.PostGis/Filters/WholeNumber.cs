using System.Globalization;

namespace CartoPlatform.PostGis.Filters;

/// <summary>A number of a filter as a bound of a column of integers. Beyond 64 bits it is the nearest integer there is.</summary>
internal static class WholeNumber
{
    public static bool IsWhole(FilterValue value) =>
        long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        || (value.Number is { } number && Math.Floor(number) == number && Math.Abs(number) < long.MaxValue);

    public static long Floor(FilterValue value) => Round(value, Math.Floor);

    public static long Ceiling(FilterValue value) => Round(value, Math.Ceiling);

    // Integers are read as such first: a double has not all of their digits.
    private static long Round(FilterValue value, Func<double, double> round)
    {
        if (long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return integer;
        var number = round(value.Number ?? 0);
        if (number <= long.MinValue) return long.MinValue;
        return number >= long.MaxValue ? long.MaxValue : (long)number;
    }
}
