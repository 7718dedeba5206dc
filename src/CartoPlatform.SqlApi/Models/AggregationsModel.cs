using System.Text.Json;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Several numbers over all rows (contract, section 7.9).</summary>
internal static class AggregationsModel
{
    private const int MaxAggregations = 500;

    public static ModelStatement Write(ModelContext context)
    {
        IReadOnlyList<(string Alias, string Sql, string? BareSql)> items = context.Params.Find("aggregations") is { ValueKind: JsonValueKind.String }
            ? [.. context.Expressions(context.Params.RequiredText("aggregations")).Select(item => (item.Alias, item.Sql, BareSql: (string?)null))]
            : [.. context.Params.Entries("aggregations", MaxAggregations).Select(entry => Read(context, entry))];
        if (items.Count == 0) context.Params.Fail("The param aggregations is missing, or empty");

        var twice = items.GroupBy(item => item.Alias, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) context.Params.Fail($"The alias {twice.Key} is given more than once");
        return new ModelStatement(AggregatesOverAll.Sql(context, [.. items.Select(item => (item.Sql, item.BareSql))]), [.. items.Select(item => item.Alias)]);
    }

    private static (string Alias, string Sql, string? BareSql) Read(ModelContext context, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Params.Fail("Each of the aggregations must be an object of column, operation and alias");
            return ("", "NULL", null);
        }

        var entry = new ModelParams(json);
        var (operation, column, alias) = (Aggregation.ReadPlainOperation(entry), entry.Text("column"), entry.Text("alias"));
        if (entry.Error is not null) context.Params.Fail(entry.Error);
        var aggregation = Aggregation.Of(context, operation, column);
        return (alias ?? (column is null or "*" ? operation : $"{operation}_{column}"), aggregation.Sql, aggregation.BareSql);
    }
}
