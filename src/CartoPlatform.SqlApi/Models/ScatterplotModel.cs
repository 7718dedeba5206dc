using System.Globalization;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Pairs of numbers (contract, section 7.6).</summary>
internal static class ScatterplotModel
{
    /// <summary>What the client library asks for, and holds for a limit of the server.</summary>
    private const int MaxPairs = 500;

    public static ModelStatement Write(ModelContext context)
    {
        var x = Axis(context, "xAxisColumn");
        var y = Axis(context, "yAxisColumn");
        // Join operations are for several columns in one axis, which no client sends.
        var limit = context.Params.Integer("limit", 0, int.MaxValue) ?? MaxPairs;
        var rows = Math.Min(limit, MaxPairs).ToString(CultureInfo.InvariantCulture);
        return new ModelStatement($"SELECT {x}, {y} {context.From($"{x} IS NOT NULL", $"{y} IS NOT NULL")} LIMIT {rows}", ["x", "y"]);
    }

    private static string Axis(ModelContext context, string parameter)
    {
        var column = context.ColumnOf(parameter);
        if (ColumnValue.FiniteNumber(column) is { } number) return number;
        context.Params.Fail($"The column {column.Column.Name} holds no numbers");
        return "NULL";
    }
}
