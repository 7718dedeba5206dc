using System.Globalization;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>
/// Rows of equal geometry as one, which has values of the group in place of columns (contract, section 6.1). A box around the tile still
/// finds its rows by index: PostgreSQL puts conditions on what is grouped by below the grouping.
/// </summary>
/// <param name="FromSql">What stands after FROM, filters applied.</param>
/// <param name="Keys">What is grouped by, the geometry first.</param>
/// <param name="Values">The caller's.</param>
internal sealed record GroupedRows(string FromSql, IReadOnlyList<ColumnReference> Keys, IReadOnlyList<ColumnReference> Values)
{
    public static GroupedRows Of(string fromSql, string? filterSql, IReadOnlyList<ColumnReference> keys, IReadOnlyList<Aggregate> values)
    {
        ColumnReference[] named = [.. keys.Select((key, index) => key with { Sql = Name("k", index) })];
        var selected = keys.Select((key, index) => $"{key.Sql} AS k{Number(index)}").Concat(values.Select((value, index) => $"{value.Sql} AS v{Number(index)}"));
        var where = filterSql is null ? "" : $" WHERE {filterSql}";
        return new GroupedRows(
            $"(SELECT {string.Join(", ", selected)} FROM {fromSql}{where} GROUP BY {string.Join(", ", keys.Select(key => key.Sql).Distinct())}) AS {RowSource.Alias}",
            named,
            [.. values.Select((value, index) => new ColumnReference(value.Column, Name("v", index)))]);
    }

    private static string Name(string prefix, int index) => $"{RowSource.Alias}.{prefix}{Number(index)}";

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
}
