using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>An aggregate that a widget asks for.</summary>
/// <param name="Operation">One of <see cref="Words"/>.</param>
/// <param name="Column">What it is of; null for rows as such, and for an expression.</param>
/// <param name="Sql">The aggregate in SQL.</param>
internal sealed record Aggregation(string Operation, ColumnReference? Column, string Sql)
{
    public const string Count = "count";
    public const string Average = "avg";
    public const string Custom = "custom";

    private static readonly string[] Words = [Count, Average, "min", "max", "sum", Custom];

    /// <summary>The same without a look at each value for NaN, see <see cref="AggregatesOverAll"/>; null where that is no other.</summary>
    public string? BareSql => Operation != Count && Column is not null && ColumnValue.BareNumber(Column) is { } number
        ? Call(Operation, IsSingle(Operation, Column) ? Column.Sql : number, Column)
        : null;

    public bool IsCustom => Operation == Custom;

    /// <summary>Reads <c>operation</c>, <c>operationExp</c> and the column.</summary>
    /// <param name="context">Of the model.</param>
    /// <param name="columnParameter">Where the column is named.</param>
    /// <param name="otherwise">The column where none is named there.</param>
    public static Aggregation Read(ModelContext context, string columnParameter, string? otherwise = null)
    {
        var operation = context.Params.Word("operation", Words) ?? Count;
        if (operation == Custom) return new Aggregation(Custom, null, context.Expression(context.Params.RequiredText("operationExp")));
        return Of(context, operation, context.Params.Text(columnParameter) ?? otherwise);
    }

    /// <summary>One of the plain operations on a column.</summary>
    public static Aggregation Of(ModelContext context, string operation, string? columnName)
    {
        var column = columnName is null or "*" ? null : context.Column(columnName);
        if (operation == Count) return new Aggregation(Count, column, "count(*)");
        if (column is null) context.Params.Fail($"The operation {operation} needs a column");
        return new Aggregation(operation, column, column is null ? "NULL" : Call(operation, Values(context, operation, column), column));
    }

    // 2^256 and its inverse, by which a number of a text (10^-219 to 10^219) loses nothing.
    private const string Scale = "1.157920892373162e77::float8";
    private const string InverseScale = "8.636168555094445e-78::float8";

    // PostgreSQL's average of doubles adds up their squares too, and fails where these are beyond a double. To read a text twice over
    // costs more than to make it small.
    private static string Call(string operation, string value, ColumnReference column) => (operation, column.Column.Kind) switch
    {
        (Average, ColumnKind.Double or ColumnKind.Single) => $"(sum({value}) / nullif(count({value}), 0))",
        (Average, ColumnKind.Text) => $"(avg({value} * {InverseScale}) * {Scale})",
        _ => $"{operation}({value})",
    };

    /// <summary>A plain operation of an entry of <c>aggregations</c>.</summary>
    public static string ReadPlainOperation(ModelParams entry) => entry.Word("operation", Words.AsSpan(0, Words.Length - 1)) ?? Count;

    /// <summary>The aggregate in SQL over all the groups behind the first <paramref name="threshold"/>, of what <see cref="PartsSql"/> says of each.</summary>
    public string OthersSql(string threshold)
    {
        var over = $"FILTER (WHERE rank > {threshold}) OVER ()";
        return Operation switch
        {
            Count => $"sum(value) {over}",
            Average => $"sum(part_sum) {over} / nullif(sum(part_count) {over}, 0)",
            _ => $"{Operation}(value) {over}",
        };
    }

    /// <summary>What else of a group is needed to put groups together: an average of averages is not the average.</summary>
    public string PartsSql(ModelContext context) => Operation == Average && Column is not null && Values(context, Operation, Column) is var values
        ? $", sum({values}) AS part_sum, count({values}) AS part_count"
        : "";

    // Ends of single precision are values that rows have, and are written as those are: 0.1, and not what a double makes of it.
    private static bool IsSingle(string operation, ColumnReference column) => operation is "min" or "max" && column.Column.Kind == ColumnKind.Single;

    private static string Values(ModelContext context, string operation, ColumnReference column)
    {
        if (IsSingle(operation, column)) return $"nullif({column.Sql}, 'NaN')";
        if (ColumnValue.Number(column) is { } number) return number;
        if (operation is "min" or "max" && ColumnValue.FiniteTime(column) is { } time) return time;
        context.Params.Fail($"The operation {operation} cannot be used on the column {column.Column.Name}, which holds values of the type {column.Column.TypeName}");
        return "NULL";
    }
}
