using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Cells;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Sources;
using Npgsql;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>A request's source as the database knows it: looked up, permitted, and ready to be put into SQL.</summary>
internal sealed record MapSource
{
    public required MapRequest Request { get; init; }

    public required DatabasePool Pool { get; init; }

    /// <summary>What the source was made of before its data were looked at.</summary>
    public required SourceReading Reading { get; init; }

    /// <summary>The named source that the request's name stands for; null for tables and for SQL.</summary>
    public NamedSourceRecord? Named { get; init; }

    /// <summary>What stands after FROM: a quoted relation, or the caller's SQL as a subquery, under the alias.</summary>
    public required string FromSql { get; init; }

    /// <summary>The filters as a condition; null without filters, or where <see cref="FromSql"/> has applied them.</summary>
    public string? FilterSql { get; init; }

    /// <summary>Values that <see cref="FromSql"/> and <see cref="FilterSql"/> refer to, from $1 on.</summary>
    public required SqlParameterList Parameters { get; init; }

    /// <summary>Null for a query.</summary>
    public Relation? Relation { get; init; }

    /// <summary>Of points in time, which tracks they belong to.</summary>
    public Track? Track { get; init; }

    /// <summary>What groups of rows have in common, where rows of equal geometry are drawn as one; empty where rows are drawn as they are.</summary>
    public IReadOnlyList<ColumnReference> GroupKeys { get; init; } = [];

    /// <summary>All columns, in the order of the source; a name that a query gives twice is numbered the second time.</summary>
    public required IReadOnlyList<ColumnReference> Columns { get; init; }

    public required SpatialColumn Spatial { get; init; }

    /// <summary>The source as such, without filters.</summary>
    public required RowSource Rows { get; init; }

    /// <summary>What is drawn in place of geometry; null for geometry.</summary>
    public CellLayer? Cells { get; init; }

    /// <summary>The columns that go into tiles as attributes.</summary>
    public required IReadOnlyList<ColumnReference> Properties { get; init; }

    /// <summary>Whether what is drawn are all rows of a relation as they are.</summary>
    public bool IsWhole => Relation is not null && FilterSql is null && GroupKeys.Count == 0;

    /// <summary>Whether a part of a relation's blocks can be read in place of all: how many that are would tell of rows that the login does not see.</summary>
    public bool CanBeSampled => Relation is { HasRowAddress: true, IsRowSecured: false } && GroupKeys.Count == 0;

    /// <summary>The conditions on the source's rows as a clause; empty without any.</summary>
    public string WhereSql => FilterSql is null ? "" : $"WHERE {FilterSql}";

    /// <summary>A statement on the reader's login, with the source's own values bound and others behind them.</summary>
    public NpgsqlCommand CreateCommand(string sql, NpgsqlConnection connection, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Parameters.CopyTo(command.Parameters);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
