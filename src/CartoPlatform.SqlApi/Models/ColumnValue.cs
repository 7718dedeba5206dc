using System.Globalization;
using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>What a column's values are to a widget, as SQL.</summary>
internal static class ColumnValue
{
    // Blanks and digits as PostgreSQL reads them, which knows those of ASCII alone. A repetition with a limit (.{1,100}) would be as many
    // states of PostgreSQL's automaton, and take ten times as long: the text has the limit, see MaxNumberLength.
    private const string Blanks = @"[ \t\n\r\f\v]*";
    private const string NumberPattern = $@"^{Blanks}[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{{1,2}})?{Blanks}$";

    // With an exponent of two digits behind them: within what a double takes, and its square once it is scaled (Aggregation).
    private const int MaxNumberLength = 120;

    // Names sort by the rules of Unicode on every database, whatever its own language is.
    private const string Collation = "COLLATE pg_catalog.\"und-x-icu\"";

    /// <summary>
    /// The value as a number: of a text, the number that it is written as; NaN counts as null (contract, section 7.11). Null for columns
    /// that hold no numbers.
    /// </summary>
    public static string? Number(ColumnReference column) => column.Column.Kind switch
    {
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 => column.Sql,
        ColumnKind.Numeric or ColumnKind.Double or ColumnKind.Single => $"nullif({BareNumber(column)}, 'NaN')",
        ColumnKind.Boolean => $"{column.Sql}::int4",
        ColumnKind.Text when column.Column.TypeName != "uuid" => OfText($"{column.Sql}::text"),
        _ => null,
    };

    /// <summary>The number with NaN as it is; null for columns that cannot hold it.</summary>
    public static string? BareNumber(ColumnReference column) => column.Column.Kind switch
    {
        ColumnKind.Numeric or ColumnKind.Double => column.Sql,
        // Sums of single precision would be of single precision.
        ColumnKind.Single => $"{column.Sql}::float8",
        _ => null,
    };

    /// <summary>The same without infinity, which JSON does not have.</summary>
    public static string? FiniteNumber(ColumnReference column) => Number(column) is { } number && MayBeInfinite(column.Column.Kind)
        ? $"CASE WHEN {column.Sql} > '-Infinity' AND {column.Sql} < 'Infinity' THEN {column.Sql} END"
        : Number(column);

    /// <summary>The value as the name of a category: a number, a text, or null. What JSON has no number for is null.</summary>
    public static string Name(ColumnReference column) => column.Column switch
    {
        { Kind: ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 } => column.Sql,
        { Kind: ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone } => column.Sql,
        { Kind: ColumnKind.Single or ColumnKind.Double or ColumnKind.Numeric, Kind: var kind } => MayBeInfinite(kind) ? FiniteNumber(column)! : column.Sql,
        { Kind: ColumnKind.Text, TypeName: "text" or "varchar" or "citext" } => column.Sql,
        _ => ValueText.Sql(column),
    };

    /// <summary>
    /// An order of names: numbers and times by value, texts by the rules of Unicode. The null category stands where the text "null"
    /// would, as in the client library: among the texts in its place, behind numbers. A text "null" is equal to it, see <see cref="TieOrder"/>.
    /// </summary>
    /// <param name="column">Whose names they are.</param>
    /// <param name="name">A name in SQL.</param>
    /// <param name="direction">ASC or DESC.</param>
    public static string NameOrder(ColumnReference column, string name, string direction) => IsNamedByText(column.Column.Kind)
        ? $"coalesce({name}::text, 'null') {Collation} {direction}"
        : $"{name} {direction}";

    /// <summary>An order of what is equal in all else.</summary>
    public static string TieOrder(string name) => $"{name} IS NULL";

    /// <summary>Dates and times, of which the infinite ones are none. Null for columns that hold none.</summary>
    public static string? FiniteTime(ColumnReference column) => IsTime(column.Column.Kind) ? $"CASE WHEN isfinite({column.Sql}) THEN {column.Sql} END" : null;

    public static bool IsTime(ColumnKind kind) => kind is ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone;

    /// <summary>Whether SQL can tell that values are finite by comparing them: all float types; numeric learned infinity in PostgreSQL 14.</summary>
    public static bool MayBeInfinite(ColumnKind kind) => kind is ColumnKind.Single or ColumnKind.Double or ColumnKind.Numeric;

    private static string OfText(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"CASE WHEN length({text}) <= {MaxNumberLength} AND {text} ~ '{NumberPattern}' THEN {text}::float8 END");

    private static bool IsNamedByText(ColumnKind kind) =>
        !IsTime(kind) && !MayBeInfinite(kind) && kind is not (ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64);
}
