using System.Globalization;

namespace CartoPlatform.SqlApi.Models;

/// <summary>
/// The start of a step in time, in UTC. Weeks start on Monday. Steps of several units are counted from 1970-01-01, those of weeks from
/// the Monday before, 1969-12-29: of three months, they are the quarters.
/// </summary>
internal static class TimeStep
{
    // No step is longer, so that none begins before PostgreSQL's calendar does.
    private const int MaxYears = 1_000;

    /// <summary>How many units a step may have.</summary>
    public static int MaxCount(string unit) => unit switch
    {
        "year" => MaxYears,
        "month" => 12 * MaxYears,
        "week" => 52 * MaxYears,
        "day" => 365 * MaxYears,
        _ => 1_000_000,
    };

    /// <param name="time">A timestamp without time zone in SQL.</param>
    /// <param name="unit">What <c>date_trunc</c> knows: second to year.</param>
    /// <param name="count">Units of a step.</param>
    public static string Write(string time, string unit, int count)
    {
        if (count == 1) return $"date_trunc('{unit}', {time})";
        var number = count.ToString(CultureInfo.InvariantCulture);
        var start = unit switch
        {
            "year" => Months(time, $"{number} * 12"),
            "month" => Months(time, number),
            "week" => $"date_bin(INTERVAL '7 days' * {number}, {time}, TIMESTAMP '1969-12-29')",
            _ => $"date_bin(INTERVAL '1 {unit}' * {number}, {time}, TIMESTAMP '1970-01-01')",
        };
        // The step that holds the beginning of year 1 begins with it.
        return $"greatest({start}, TIMESTAMP '0001-01-01')";
    }

    // Months have no fixed length: their number since 1970 is cut down to a multiple, also before that year.
    private static string Months(string time, string count)
    {
        var month = $"(extract(year FROM {time}) * 12 + extract(month FROM {time}) - 1 - 1970 * 12)";
        return $"date_trunc('month', {time}) - INTERVAL '1 month' * ((({month} % ({count})) + ({count})) % ({count}))::int";
    }
}
