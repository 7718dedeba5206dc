using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Relations;

/// <summary>A table, view, materialized view, partitioned or foreign table, as the catalogue describes it.</summary>
public sealed record Relation
{
    public required uint Oid { get; init; }

    public required string Database { get; init; }

    public required string Schema { get; init; }

    public required string Name { get; init; }

    /// <summary>Rows by the planner's statistics; null where there are none (views, tables never analysed), or where they tell of rows that the login may not read.</summary>
    public required long? EstimatedRows { get; init; }

    /// <summary>In the order of the table.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>Columns of the primary key, in its order; empty where there is none.</summary>
    public required IReadOnlyList<string> PrimaryKey { get; init; }

    /// <summary>Whether its rows have a place (<c>ctid</c>) that tells them apart: those of tables and materialized views.</summary>
    public bool HasRowAddress { get; init; }

    /// <summary>Whether its rows are all of one file and the same for everyone: a table or materialized view without heirs and row-level security.</summary>
    public bool IsOneHeap { get; init; }

    /// <summary>Whether row-level security decides which rows the login sees: then nothing stands in for reading them.</summary>
    public bool IsRowSecured { get; init; }

    /// <summary>The quoted name, for SQL text.</summary>
    public string Sql => SqlIdentifier.Quote(Schema, Name);

    /// <summary>The column of this name: exactly first, then without regard to case; null if there is none, or more than one by case.</summary>
    public Column? FindColumn(string name) => ColumnLookup.Find(Columns, name);
}
