using System.Globalization;

namespace CartoPlatform.PostGis.Filters;

/// <summary>A scalar of a filter. <paramref name="Text"/> is a number as JSON writes it, <c>true</c> or <c>false</c>, or the text itself.</summary>
internal readonly record struct FilterValue(FilterValueKind Kind, string Text)
{
    // 0001-01-01 and 10000-01-01, since 1970.
    private const double FirstMillisecond = -62_135_596_800_000;
    private const double EndMillisecond = 253_402_300_800_000;

    public double? Number =>
        Kind != FilterValueKind.Boolean && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    public bool? Boolean => Text switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    /// <summary>A time as PostgreSQL reads it: numbers are milliseconds since 1970, everything else is left for the database to judge.</summary>
    public string Time
    {
        get
        {
            if (Kind != FilterValueKind.Number || Number is not { } milliseconds) return Text;
            if (milliseconds < FirstMillisecond) return "-infinity";
            if (milliseconds >= EndMillisecond) return "infinity";
            // A double has not the digits for smaller units in so many years.
            var whole = Math.Floor(milliseconds);
            return DateTime.UnixEpoch.AddTicks(((long)whole * TimeSpan.TicksPerMillisecond) + (long)((milliseconds - whole) * TimeSpan.TicksPerMillisecond))
                .ToString("O", CultureInfo.InvariantCulture);
        }
    }
}

internal enum FilterValueKind
{
    Number,
    Boolean,
    Text,
}
