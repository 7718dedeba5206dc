using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Sources;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.MapsApi.Boundaries;

/// <summary>The attributes of boundaries: rows of a table or a query that the caller may read, found by their <c>geoid</c>.</summary>
internal sealed record BoundaryProperties
{
    /// <summary>The column that rows and boundaries share (contract, section 4.6).</summary>
    public const string Key = "geoid";

    public required DatabasePool Pool { get; init; }

    public required RowSource Rows { get; init; }

    /// <summary>What the source was made of before its data were looked at.</summary>
    public required SourceReading Reading { get; init; }

    /// <summary>Where they come from a query: its text as the caller wrote it, or the name that stands for it.</summary>
    public string? Sql { get; init; }

    public NamedSourceRecord? Named { get; init; }

    public required ColumnReference KeyColumn { get; init; }

    /// <summary>Without the key.</summary>
    public required IReadOnlyList<ColumnReference> Columns { get; init; }

    public string? FilterSql { get; init; }

    public required SqlParameterList Parameters { get; init; }

    /// <summary>The key first, then the columns.</summary>
    public IReadOnlyList<TileProperty> Properties =>
        [new TileProperty(Key, "k.geoid", TileValueType.Text), .. Columns.Select((column, index) => TileProperty.From(column) with { Sql = Value(index) })];

    public TileColumn[] TileColumns => [.. Properties.Select(property => property.ToColumn())];

    private bool HasIntegerKey => KeyColumn.Column.Kind is ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64;

    public static async Task<Outcome<BoundaryProperties>> FindAsync(
        Principal principal, DatabasePool pool, BoundaryRequest request, RowSources sources, IWorkspaceDirectory workspace, CancellationToken cancellationToken)
    {
        var (rows, reading, named) = (default(RowSource), default(SourceReading), default(NamedSourceRecord));
        if (request.Table is { } table)
        {
            var relation = await RowSources.FindRelationAsync(principal, pool, table, cancellationToken);
            if (!relation.Succeeded) return relation.Error;
            rows = RowSource.OfTable(relation.Value);
            reading = await SourceReading.BeginAsync(pool, relation.Value, table, cancellationToken);
        }
        else
        {
            var asked = await AskedQuery.FindAsync(workspace, request.Query ?? "", cancellationToken);
            var query = await sources.FindQueryAsync(principal, pool, asked, request.QueryParameters, cancellationToken);
            if (!query.Succeeded) return query.Error;
            (rows, named) = (query.Value, asked.Named);
            reading = await SourceReading.BeginAsync(pool, asked.Sql, request.QueryParameters?.GetRawText(), asked.Named, cancellationToken);
        }

        if (ColumnReference.Find(rows.Columns, Key) is not { } key) return ApiError.BadRequest($"The properties have no column {Key}: it says which boundary a row belongs to");
        var columns = Select(rows, key, request.Columns);
        if (!columns.Succeeded) return columns.Error;
        var parameters = rows.CreateParameters();
        string? filterSql = null;
        if (request.Filters is { } filters && !FilterCompiler.TryCompile(filters, FilterOperator.And, rows.Columns, parameters, out filterSql, out var unusable)) return unusable;
        return new BoundaryProperties
        {
            Pool = pool,
            Rows = rows,
            Reading = reading,
            Sql = request.Query,
            Named = named,
            KeyColumn = key,
            Columns = columns.Value,
            FilterSql = filterSql,
            Parameters = parameters,
        };
    }

    /// <summary>What a caller must be granted to see them.</summary>
    public RequestedRights RightsFor(IReadOnlyList<string> anyApi) => new(anyApi, Rows.Relation, Sql, Named);

    /// <summary>A row for each of these keys, in their order; of several rows with one key always the same.</summary>
    public NpgsqlCommand CreateCommand(NpgsqlConnection connection, string?[] keys)
    {
        var values = Columns.Select((column, index) => $", {TileProperty.From(column).Sql} AS v{(index + 1).ToString(CultureInfo.InvariantCulture)}");
        var order = string.Concat(Columns.Select((_, index) => $", v{(index + 1).ToString(CultureInfo.InvariantCulture)}"));
        var all = $"${(Parameters.Count + 1).ToString(CultureInfo.InvariantCulture)}";
        var asked = HasIntegerKey ? $"{KeyColumn.Sql} = ANY (${(Parameters.Count + 2).ToString(CultureInfo.InvariantCulture)})" : $"{KeyColumn.Sql}::text = ANY ({all})";
        var command = new NpgsqlCommand($"""
            SELECT k.place{string.Concat(Properties.Select(property => $", {property.Sql}"))}
            FROM unnest({all}) WITH ORDINALITY AS k (geoid, place)
            LEFT JOIN (SELECT DISTINCT ON (r.key) r.*
                       FROM (SELECT {KeyColumn.Sql}::text AS key{string.Concat(values)} FROM {Rows.FromSql} WHERE {asked}{(FilterSql is null ? "" : $" AND {FilterSql}")}) AS r
                       ORDER BY r.key{order}) AS p ON p.key = k.geoid
            ORDER BY k.place
            """, connection);
        Parameters.CopyTo(command.Parameters);
        command.Parameters.Add(new NpgsqlParameter { Value = keys });
        // By its own type, so that its index can be used.
        if (HasIntegerKey) command.Parameters.Add(new NpgsqlParameter { Value = Numbers(keys) });
        return command;
    }

    private static string Value(int index) => $"p.v{(index + 1).ToString(CultureInfo.InvariantCulture)}";

    private static long[] Numbers(string?[] keys) =>
        [.. keys.Select(key => long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null).OfType<long>()];

    private static Outcome<ColumnReference[]> Select(RowSource rows, ColumnReference key, IReadOnlyList<string>? names)
    {
        if (names is null) return rows.Columns.Where(column => column != key && !column.Column.IsSpatial).ToArray();
        var selected = new List<ColumnReference>(names.Count);
        foreach (var name in names)
        {
            if (ColumnReference.Find(rows.Columns, name) is not { } column) return ApiError.ColumnNotFound(name);
            if (column != key && !column.Column.IsSpatial && !selected.Contains(column)) selected.Add(column);
        }

        return selected.ToArray();
    }
}
