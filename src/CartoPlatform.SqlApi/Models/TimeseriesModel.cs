using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Filters;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A number for each step in time, and for each category if split (contract, section 7.8).</summary>
internal static class TimeseriesModel
{
    // 0001-01-01 and 10000-01-01, since 1970.
    private const string FirstMillisecond = "-62135596800000";
    private const string EndMillisecond = "253402300800000";

    public static ModelStatement Write(ModelContext context)
    {
        var column = context.ColumnOf("column");
        var aggregation = Aggregation.Read(context, "operationColumn", column.Column.Name);
        var step = context.Params.Word("stepSize", "second", "minute", "hour", "day", "week", "month", "year");
        if (step is null) context.Params.Fail("The param stepSize is missing");
        step ??= "second";
        var name = TimeStep.Write(UtcTime(context, column), step, context.Params.Integer("stepMultiplier", 1, TimeStep.MaxCount(step)) ?? 1);
        // A row without a value does not count, not even for a count.
        string?[] conditions = [IsOnCalendar(column), aggregation.Column is { } value ? $"{value.Sql} IS NOT NULL" : null];

        if (context.Params.Text("splitByCategory") is { } split) return Split(context, context.Column(split), name, aggregation, conditions);
        return new ModelStatement($"SELECT {name} AS name, {aggregation.Sql} {context.From(conditions)} GROUP BY 1 ORDER BY 1", ["name", "value"]);
    }

    private static ModelStatement Split(ModelContext context, ColumnReference column, string name, Aggregation aggregation, string?[] conditions)
    {
        // The categories with the most rows come first.
        var limit = context.Params.Integer("splitByCategoryLimit", 1, int.MaxValue) is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"WHERE rank <= {count}")
            : "";
        var from = context.From([.. conditions, OnlyCategories(context, column)]);
        return new ModelStatement(
            $"""
            SELECT name, category, value
            FROM (SELECT g.*, dense_rank() OVER (ORDER BY total DESC, {ColumnValue.NameOrder(column, "category", "ASC")}, {ColumnValue.TieOrder("category")}) AS rank
                  FROM (SELECT h.*, sum(rows) OVER (PARTITION BY category) AS total
                        FROM (SELECT {name} AS name, {ColumnValue.Name(column)} AS category, {aggregation.Sql} AS value, count(*) AS rows
                              {from} GROUP BY 1, 2) AS h) AS g) AS r
            {limit} ORDER BY name, rank
            """,
            ["name", "category", "value"])
        { Categories = "category", NameCount = 2 };
    }

    // As a filter would have it: values are of the column's type.
    private static string? OnlyCategories(ModelContext context, ColumnReference column)
    {
        var values = context.Params.Entries("splitByCategoryValues");
        if (values.Count == 0) return null;
        var filter = new JsonObject { [column.Column.Name] = new JsonObject { ["in"] = new JsonObject { ["values"] = new JsonArray([.. values.Select(Node)]) } } };
        using var json = JsonDocument.Parse(filter.ToJsonString());
        if (!FilterCompiler.TryCompile(json.RootElement, FilterOperator.And, [column], context.Values, out var sql, out var error)) context.Params.Fail(error);
        return values.Any(value => value.ValueKind == JsonValueKind.Null) ? $"({sql} OR {column.Sql} IS NULL)" : sql;
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());

    private static string UtcTime(ModelContext context, ColumnReference column)
    {
        switch (column.Column.Kind)
        {
            case ColumnKind.Date:
                return $"{column.Sql}::timestamp";
            case ColumnKind.Timestamp:
                return column.Sql;
            case ColumnKind.TimestampWithZone:
                return $"({column.Sql} AT TIME ZONE 'UTC')";
            case ColumnKind.Int64 or ColumnKind.Double or ColumnKind.Numeric:
                // Milliseconds since 1970, as JavaScript has them.
                return $"(to_timestamp({column.Sql} / 1000.0) AT TIME ZONE 'UTC')";
            default:
                context.Params.Fail($"The column {column.Column.Name} holds no times");
                return "NULL::timestamp";
        }
    }

    // Clients read the names of steps by JavaScript's calendar, which has four digits for the year. What PostgreSQL has beyond (infinity,
    // years before the first and after 9999) can be in no series, and in numbers of milliseconds there is more that is no time.
    private static string IsOnCalendar(ColumnReference column) => ColumnValue.IsTime(column.Column.Kind)
        ? $"{column.Sql} >= '0001-01-01' AND {column.Sql} < '10000-01-01'"
        : $"{column.Sql} >= {FirstMillisecond} AND {column.Sql} < {EndMillisecond}";
}
