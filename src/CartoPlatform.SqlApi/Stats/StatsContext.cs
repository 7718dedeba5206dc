using System.Globalization;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Sources;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>What statistics are made of.</summary>
/// <param name="Rows">The source.</param>
/// <param name="Column">Of the source.</param>
/// <param name="Values">Placeholders; those of the source and its filters are there already.</param>
/// <param name="Condition">The filters; null without any.</param>
/// <param name="MaxRows">How many rows may be looked at.</param>
internal sealed record StatsContext(RowSource Rows, ColumnReference Column, SqlParameterList Values, string? Condition, int MaxRows)
{
    /// <summary>Whether the planner's statistics tell that there are more rows than may be looked at.</summary>
    public bool IsLargeTable => Rows.Relation?.EstimatedRows > MaxRows;

    /// <summary>FROM and WHERE: all rows that pass the filters.</summary>
    /// <param name="entry">What else stands in FROM.</param>
    /// <param name="condition">What else must hold.</param>
    public string From(string entry = "", string condition = "true") => $"FROM {Rows.FromSql} {entry} WHERE {Condition ?? "true"} AND {condition}";

    /// <summary>
    /// The rows that may be looked at, as <c>v</c>. Of a table that is known to be large they are blocks chosen by chance, the same
    /// each time; of anything else that turns out to be large, the first rows.
    /// </summary>
    /// <param name="value">Of a row, in SQL.</param>
    public string SampleSql(string value) => $"(SELECT {value} AS v FROM {Rows.FromSql}{BlocksSql}{WhereSql} LIMIT {Add(MaxRows + 1L)}) AS r";

    /// <summary>How many rows were looked at, if these are not all of them.</summary>
    /// <param name="count">The rows looked at, in SQL.</param>
    public string SampleSizeSql(string count) => IsLargeTable ? count : $"CASE WHEN {count} > {Add((long)MaxRows)} THEN {count} END";

    private string WhereSql => Condition is null ? "" : $" WHERE {Condition}";

    private string BlocksSql => IsLargeTable && Rows.Relation is { EstimatedRows: > 0 and var rows }
        ? string.Create(CultureInfo.InvariantCulture, $" TABLESAMPLE SYSTEM ({100.0 * MaxRows / rows}) REPEATABLE (0)")
        : "";

    private string Add(long value) => Values.Add(new NpgsqlParameter<long> { TypedValue = value });
}
