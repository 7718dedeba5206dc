using System.Globalization;

namespace CartoPlatform.PostGis.Filters;

/// <summary>A scalar of a filter. <paramref name="Text"/> is a number as JSON writes it, <c>true</c> or <c>false</c>, or the text itself.</summary>
internal readonly record struct FilterValue(FilterValueKind Kind, string Text)
{
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
            var ticks = milliseconds * TimeSpan.TicksPerMillisecond + DateTime.UnixEpoch.Ticks;
            if (ticks < DateTime.MinValue.Ticks) return "-infinity";
            return ticks >= DateTime.MaxValue.Ticks ? "infinity" : new DateTime((long)ticks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture);
        }
    }
}

internal enum FilterValueKind
{
    Number,
    Boolean,
    Text,
}
