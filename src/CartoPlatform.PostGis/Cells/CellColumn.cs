using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Cells;

/// <summary>A column of H3 or quadbin cells: <c>bigint</c>, <c>numeric</c>, or text in hexadecimal of any case or in decimal.</summary>
public sealed record CellColumn(ColumnReference Reference, CellScheme Scheme)
{
    // All cells of a scheme begin alike and are of one length, so that no text that matches is too large for a bigint.
    private const string H3Hexadecimal = "^0?8[0-9a-fA-F]{14}$", H3Decimal = "^[56][0-9]{17}$";
    private const string QuadbinHexadecimal = "^4[89][0-9a-fA-F]{14}$", QuadbinDecimal = "^5[0-9]{18}$";

    public static bool CanHold(Column column) => column.Kind is ColumnKind.Int64 or ColumnKind.Numeric or ColumnKind.Text;

    /// <summary>Whether conditions can use the column's index: it holds the numbers themselves.</summary>
    public bool IsNumber => Reference.Column.Kind == ColumnKind.Int64;

    /// <summary>The cell as a bigint; null where the value cannot be one. Costly of texts: evaluate it once a row.</summary>
    public string NumberSql
    {
        get
        {
            var column = Reference.Sql;
            if (IsNumber) return column;
            if (Reference.Column.Kind == ColumnKind.Numeric)
                return $"CASE WHEN {column} BETWEEN 0 AND {long.MaxValue} AND {column} = trunc({column}) THEN {column}::bigint END";

            var (hexadecimal, number) = Scheme == CellScheme.H3 ? (H3Hexadecimal, H3Decimal) : (QuadbinHexadecimal, QuadbinDecimal);
            return $"""
                CASE WHEN {column}::text ~ '{hexadecimal}' THEN ('x' || lpad({column}::text, 16, '0'))::bit(64)::bigint
                     WHEN {column}::text ~ '{number}' THEN {column}::text::bigint END
                """;
        }
    }

    /// <summary>An entry of FROM that gives the number a name, <c>k.cell</c>; OFFSET 0 keeps the planner from writing it out in each place.</summary>
    public string LateralSql => $"CROSS JOIN LATERAL (SELECT {NumberSql} OFFSET 0) AS k(cell)";
}
