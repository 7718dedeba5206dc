using System.Text.Json;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Several numbers over all rows (contract, section 7.9).</summary>
internal static class AggregationsModel
{
    private const int MaxAggregations = 500;

    public static ModelStatement Write(ModelContext context)
    {
        var items = context.Params.Find("aggregations") is { ValueKind: JsonValueKind.String }
            ? context.Expressions(context.Params.RequiredText("aggregations"))
            : [.. context.Params.Entries("aggregations", MaxAggregations).Select(entry => Read(context, entry))];
        if (items.Count == 0) context.Params.Fail("The param aggregations is missing, or empty");

        var twice = items.GroupBy(item => item.Alias, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) context.Params.Fail($"The alias {twice.Key} is given more than once");
        return new ModelStatement($"SELECT {string.Join(", ", items.Select(item => item.Sql))} {context.From()}", [.. items.Select(item => item.Alias)]);
    }

    private static (string Alias, string Sql) Read(ModelContext context, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Params.Fail("Each of the aggregations must be an object of column, operation and alias");
            return ("", "NULL");
        }

        var entry = new ModelParams(json);
        var (operation, column, alias) = (Aggregation.ReadPlainOperation(entry), entry.Text("column"), entry.Text("alias"));
        if (entry.Error is not null) context.Params.Fail(entry.Error);
        return (alias ?? (column is null or "*" ? operation : $"{operation}_{column}"), Aggregation.Of(context, operation, column).Sql);
    }
}
