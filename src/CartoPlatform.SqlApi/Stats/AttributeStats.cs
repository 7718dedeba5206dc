using System.Globalization;
using CartoPlatform.PostGis.Columns;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>Statistics of a column of anything but geometry (contract, section 9.1), in one pass over the rows.</summary>
internal static class AttributeStats
{
    // Into how many classes of equal size the client may divide numbers.
    private const int FewestClasses = 3;
    private const int MostClasses = 20;

    // Categories are colours on a map: nobody tells so many apart, or reads as much text.
    private const int MaxCategories = 1_000;
    private const int MaxCategoryCharacters = 1_000;

    // The last date that is a timestamp as well.
    private const string LastDate = "294276-12-31";

    // A little less than the largest double, to which rounding adds.
    private const string LargestNumber = "1.7e308";

    // Integers as numeric, since bigints beyond 2^53 are texts in JSON.
    private static readonly NumberForm Exact = new("numeric", "avg(v)::float8", "sum(v::numeric)", "float8");

    // What is added to singles is lost; the outer quantiles are written as the least and the greatest value are.
    private static readonly NumberForm Single = new("float4", "avg(v)", "sum(v::float8)", "float4");

    // PostgreSQL fails where sums overflow, and its average adds up squares: what is too large for that is added as numeric.
    private const string Moderate = "abs(v) <= 1e145";
    private const string ModerateSum = $"sum(v) FILTER (WHERE {Moderate})";
    private const string LargeSum = $"sum(v::numeric) FILTER (WHERE NOT {Moderate})";
    private const string WholeSum = $"{LargeSum} + coalesce({ModerateSum}, 0)::numeric";

    private static readonly NumberForm Double = new(
        "float8",
        $"CASE WHEN {LargeSum} IS NULL THEN avg(v) FILTER (WHERE {Moderate}) ELSE (({WholeSum}) / count(v))::float8 END",
        $"CASE WHEN {LargeSum} IS NULL THEN {ModerateSum} WHEN abs({LargeSum}) < {LargestNumber} THEN ({WholeSum})::float8 END",
        "float8");

    private static readonly double[] Fractions = [.. from classes in Enumerable.Range(FewestClasses, MostClasses - FewestClasses + 1)
                                                     from index in Enumerable.Range(0, classes + 1)
                                                     select (double)index / classes];

    public static StatsStatement Write(StatsContext context) => context.Column.Column.Kind switch
    {
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 => Numbers(context, context.Column.Sql, Exact),
        ColumnKind.Numeric => Numbers(context, Within($"-{LargestNumber}", LargestNumber, context.Column.Sql), Exact),
        ColumnKind.Double => Numbers(context, Within($"-{LargestNumber}", LargestNumber, context.Column.Sql), Double),
        ColumnKind.Single => Numbers(context, Within("'-Infinity'", "'Infinity'", context.Column.Sql), Single),
        ColumnKind.Date => Times(context, Within("'-infinity'", $"'{LastDate}'", context.Column.Sql)),
        ColumnKind.Timestamp or ColumnKind.TimestampWithZone => Times(context, Within("'-infinity'", "'infinity'", context.Column.Sql)),
        ColumnKind.Boolean => Categories(context, "Boolean", context.Column.Sql),
        _ => Categories(context, "String", string.Create(CultureInfo.InvariantCulture, $"left({ValueText.Sql(context.Column)}, {MaxCategoryCharacters})")),
    };

    // NaN is above infinity to PostgreSQL, so that these leave it out too.
    private static string Within(string low, string high, string value) => $"CASE WHEN {value} > {low} AND {value} < {high} THEN {value} END";

    private static StatsStatement Numbers(StatsContext context, string value, NumberForm form)
    {
        var fractions = context.Values.Add(new NpgsqlParameter<double[]> { TypedValue = Fractions });
        var sample = context.SampleSql(value);
        return new StatsStatement(
            "Number",
            $"""
            SELECT {context.SampleSizeSql("n")}, least::{form.LimitType}, greatest::{form.LimitType}, mean, total, json_build_object({QuantilesSql()})
            FROM (
              SELECT count(*) AS n, min(v) AS least, max(v) AS greatest, {form.Mean} AS mean, {form.Sum} AS total,
                     (percentile_cont({fractions}) WITHIN GROUP (ORDER BY v))::{form.QuantileType}[] AS q
              FROM {sample}
            ) AS t
            """,
            "min", "max", "avg", "sum", "quantiles");
    }

    /// <summary><c>'3', q[1:4], '4', q[5:9], …</c>; arrays without elements where there are no numbers.</summary>
    private static string QuantilesSql()
    {
        var members = new List<string>();
        for (var (classes, first) = (FewestClasses, 1); classes <= MostClasses; first += classes + 1, classes++)
            members.Add(string.Create(CultureInfo.InvariantCulture, $"'{classes}', coalesce(q[{first}:{first + classes}], '{{}}')"));
        return string.Join(", ", members);
    }

    private static StatsStatement Times(StatsContext context, string value)
    {
        var type = context.Column.Column.Kind == ColumnKind.TimestampWithZone ? "timestamptz" : "timestamp";
        var sample = context.SampleSql(value);
        return new StatsStatement(
            "Timestamp",
            $"SELECT {context.SampleSizeSql("n")}, least::{type}, greatest::{type} FROM (SELECT count(*) AS n, min(v) AS least, max(v) AS greatest FROM {sample}) AS t",
            "min", "max");
    }

    private static StatsStatement Categories(StatsContext context, string type, string value)
    {
        var sample = context.SampleSql(value);
        return new StatsStatement(
            type,
            $"""
            SELECT {context.SampleSizeSql("max(n)")}, coalesce(max(k), 0),
                   coalesce(json_agg(json_build_object('category', v, 'frequency', f) ORDER BY f DESC, v), '[]')
            FROM (
              SELECT v, count(*) AS f, (sum(count(*)) OVER ())::int8 AS n, count(*) OVER () AS k
              FROM {sample}
              GROUP BY v ORDER BY f DESC, v LIMIT {MaxCategories.ToString(CultureInfo.InvariantCulture)}
            ) AS t
            """,
            "categoryCount", "categories");
    }

    /// <summary>How numbers of a type are added up and written. The sum is null where it is beyond what a double can hold.</summary>
    private sealed record NumberForm(string LimitType, string Mean, string Sum, string QuantileType);
}
