using System.Data;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>The input as something to select from, and what it is made of.</summary>
internal sealed record SourceColumns(string FromSql, IReadOnlyList<(string Name, string Type)> Columns)
{
    public static async Task<SourceColumns> DescribeAsync(NpgsqlConnection connection, TilesetPlan plan, CancellationToken cancellationToken)
    {
        var from = FromOf(plan.Input);
        return new SourceColumns(from, await DescribeAsync(connection, $"SELECT * FROM {from}", cancellationToken));
    }

    public static async Task<IReadOnlyList<(string Name, string Type)>> DescribeAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(column => (reader.GetName(column), reader.GetPostgresType(column) switch
        {
            Npgsql.PostgresTypes.PostgresDomainType domain => domain.BaseType.InternalName,
            var type => type.InternalName,
        }))];
    }

    /// <summary>The column of this name: exactly, or else without regard to case.</summary>
    public (string Name, string Type) Find(string name)
    {
        var found = Columns.Where(column => column.Name == name).Concat(Columns.Where(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))).ToList();
        return found.Count > 0 ? found[0] : throw new TilesetException($"The input has no column {name}: it has {string.Join(", ", Columns.Select(column => column.Name))}.");
    }

    private static string FromOf(string input)
    {
        var text = input.Trim();
        if (Names.IsTable(text)) return $"{string.Join('.', PartsOf(text))} AS s";
        // A comment at the end of the query must not swallow the bracket.
        return $"({text.TrimEnd(';', ' ', '\n', '\r', '\t')}\n) AS s";
    }

    private static IEnumerable<string> PartsOf(string table) => TableName.Parse(table) is { } name && (table.Contains('.', StringComparison.Ordinal))
        ? [Names.Quote(name.Schema), Names.Quote(name.Name)]
        : [table];
}
