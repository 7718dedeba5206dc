using System.Text.Json;
using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A number for each of the intervals between ticks (contract, section 7.4). NaN is in none of them, infinity in the last.</summary>
internal static class HistogramModel
{
    /// <summary>More bars than pixels on any screen.</summary>
    private const int MaxTicks = 10_000;

    // Every integer up to here is a double of its own: 2^53.
    private const double MaxExact = 1L << 53;

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

    // Whole numbers and those of more digits than a double has are compared as they are.
    private static string Bin(ModelContext context, ColumnReference column, string? value, IReadOnlyList<JsonElement> ticks) => column.Column.Kind switch
    {
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 when WholeTicks(ticks) is { } whole => $"width_bucket({value}::int8, {context.Add(whole)})",
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Numeric =>
            $"width_bucket({value}::numeric, {context.AddTexts([.. ticks.Select(tick => tick.GetRawText())])}::numeric[])",
        _ => $"width_bucket({value}::float8, {context.Add(ticks.Select(tick => tick.GetDouble()).ToArray())})",
    };

    /// <summary>Ticks for whole numbers: one is from a tick on when it is from the next whole number on. Null where these are beyond 64 bits.</summary>
    private static long[]? WholeTicks(IReadOnlyList<JsonElement> ticks)
    {
        var whole = new long[ticks.Count];
        for (var index = 0; index < whole.Length; index++)
        {
            if (ticks[index].TryGetInt64(out whole[index])) continue;
            // Up to here a double has all digits that stand before the point, and is no fraction beyond.
            if (Math.Ceiling(ticks[index].GetDouble()) is not (> -MaxExact and < MaxExact and var next)) return null;
            whole[index] = (long)next;
        }

        return whole;
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
