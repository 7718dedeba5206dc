using System.Collections.Frozen;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>
/// The functions that expressions may call. Left out on purpose: what takes SQL as text or changes the session, what reads files or
/// other tables, what waits, what makes large values of small ones (<c>repeat</c>, <c>lpad</c>, <c>format</c>, <c>replace</c>,
/// <c>array_agg</c>), regular expressions, what gives rows, and what gives another answer each time.
/// </summary>
internal static class FunctionCatalog
{
    // The number of arguments after each name: "log/1-2" takes one or two. "name=other" is PostgreSQL's name where it differs.
    private const string Aggregates = """
        count/1 sum/1 avg/1 min/1 max/1 stddev/1 stddev_pop/1 stddev_samp/1 variance/1 var_pop/1 var_samp/1 bool_and/1 bool_or/1 every/1
        bit_and/1 bit_or/1 string_agg/2 corr/2 covar_pop/2 covar_samp/2 regr_avgx/2 regr_avgy/2 regr_count/2 regr_intercept/2 regr_r2/2
        regr_slope/2 regr_sxx/2 regr_sxy/2 regr_syy/2
        """;

    private const string OrderedSets = "percentile_cont/1 percentile_disc/1 mode/0";

    private const string Scalars = """
        abs/1 ceil/1 ceiling/1 floor/1 round/1-2 trunc/1-2 sign/1 sqrt/1 cbrt/1 exp/1 ln/1 log/1-2 log10/1 power/2 pow/2 mod/2 div/2 pi/0
        degrees/1 radians/1 sin/1 cos/1 tan/1 cot/1 asin/1 acos/1 atan/1 atan2/2 width_bucket/4
        lower/1 upper/1 initcap/1 length/1 char_length/1 character_length/1 octet_length/1 trim=btrim/1-2 btrim/1-2 ltrim/1-2 rtrim/1-2
        left/2 right/2 substr/2-3 substring=substr/2-3 strpos/2 split_part/3 starts_with/2 translate/3 reverse/1 ascii/1 chr/1 md5/1
        concat/1-20 concat_ws/2-20 to_char/2 to_number/2
        date_trunc/2-3 date_part/2 date_bin/3 age/1-2 now/0 to_date/2 to_timestamp/1-2 make_date/3 make_timestamp/6 isfinite/1
        """;

    private const string Spatials = """
        st_area/1-2 st_length/1-2 st_perimeter/1-2 st_x/1 st_y/1 st_z/1 st_xmin/1 st_xmax/1 st_ymin/1 st_ymax/1 st_npoints/1
        st_numgeometries/1 st_dimension/1 st_geometrytype/1 st_srid/1 st_isempty/1 st_centroid/1 st_transform/2
        """;

    private static readonly FrozenDictionary<string, ExpressionFunction> Functions =
        Read(Aggregates, FunctionKind.Aggregate)
            .Concat(Read(OrderedSets, FunctionKind.OrderedSet))
            .Concat(Read(Scalars, FunctionKind.Scalar))
            .Concat(Read(Spatials, FunctionKind.Spatial))
            .ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public static IEnumerable<ExpressionFunction> All => Functions.Values;

    /// <param name="name">In lower case.</param>
    public static ExpressionFunction? Find(string name) => Functions.GetValueOrDefault(name);

    private static IEnumerable<ExpressionFunction> Read(string table, FunctionKind kind)
    {
        foreach (var entry in table.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var (names, counts) = Halves(entry, '/');
            var (name, catalogName) = Halves(names, '=');
            var (least, most) = Halves(counts, '-');
            yield return new ExpressionFunction(name, catalogName, kind, int.Parse(least, null), int.Parse(most, null));
        }
    }

    private static (string First, string Second) Halves(string text, char separator)
    {
        var parts = text.Split(separator);
        return (parts[0], parts[^1]);
    }
}
