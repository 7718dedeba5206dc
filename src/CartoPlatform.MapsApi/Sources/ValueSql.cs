using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>What tiles and downloads write of a value, as SQL.</summary>
internal static class ValueSql
{
    /// <summary>A float without NaN and the infinities, which neither JSON nor styling knows.</summary>
    public static string Finite(string name) => $"CASE WHEN {name} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {name} END";

    /// <summary>
    /// A date or time as ISO 8601 text in UTC, as the SQL API writes it too. What ISO 8601 does not reach (before year 1, after 9999)
    /// is PostgreSQL's own text; the infinities are null. The pools' sessions are in UTC with ISO dates.
    /// </summary>
    public static string IsoTime(ColumnKind kind, string name)
    {
        if (kind == ColumnKind.Date) return $"CASE WHEN isfinite({name}) THEN {name}::text END";
        var utc = kind == ColumnKind.TimestampWithZone ? $"({name} AT TIME ZONE 'UTC')" : name;
        return $"CASE WHEN {name} >= '0001-01-01' AND {name} < '10000-01-01' THEN replace({utc}::text, ' ', 'T') || 'Z' WHEN isfinite({name}) THEN {name}::text END";
    }
}
