using System.Text.Json;
using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A number for each of the intervals between ticks (contract, section 7.4). NaN is in none of them, infinity in the last.</summary>
internal static class HistogramModel
{
    /// <summary>More bars than pixels on any screen.</summary>
    private const int MaxTicks = 10_000;

    public static ModelStatement Write(ModelContext context)
    {
        var column = context.ColumnOf("column");
        var operation = context.Params.Word("operation", "count", "avg", "min", "max", "sum") ?? Aggregation.Count;
        var aggregation = Aggregation.Of(context, operation, column.Column.Name);
        var value = ColumnValue.Number(column);
        if (value is null) context.Params.Fail($"The column {column.Column.Name} holds no numbers");

        var ticks = ReadTicks(context.Params);
        var bin = ticks.Count == 0 ? "0" : Bin(context, column, value, ticks);
        return new ModelStatement(
            $"SELECT {bin} AS tick, {aggregation.Sql} {context.From($"{value} IS NOT NULL")} GROUP BY 1 ORDER BY 1", ["tick", "value"]);
    }

    private static string Bin(ModelContext context, ColumnReference column, string? value, IReadOnlyList<JsonElement> ticks)
    {
        // Numbers of more digits than a double has are compared as they are.
        if (column.Column.Kind == ColumnKind.Numeric)
            return $"width_bucket({value}, {context.AddTexts([.. ticks.Select(tick => tick.GetRawText())])}::numeric[])";
        return $"width_bucket({value}::float8, {context.Add(ticks.Select(tick => tick.GetDouble()).ToArray())})";
    }

    private static IReadOnlyList<JsonElement> ReadTicks(ModelParams parameters)
    {
        if (parameters.Find("ticks") is null) parameters.Fail("The param ticks is missing");
        var ticks = parameters.Entries("ticks", MaxTicks);
        var last = double.NegativeInfinity;
        foreach (var tick in ticks)
        {
            if (tick.ValueKind != JsonValueKind.Number || !tick.TryGetDouble(out var number) || !double.IsFinite(number) || number < last)
            {
                parameters.Fail("The param ticks must be numbers in ascending order");
                return [];
            }

            last = number;
        }

        return ticks;
    }
}
