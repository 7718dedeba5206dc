using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>Features in degrees, numbered in the order of their importance: the number is what identifies a feature across tiles, too.</summary>
internal sealed class FeatureSnapshot : ISnapshot
{
    public const string Geometry = "carto_geom", Id = "carto_id";

    /// <summary>The geometry in degrees beside the input's own columns: a name that none of them has.</summary>
    public const string Shape = "carto_shape";

    private readonly TilesetPlan _plan;
    private readonly SourceColumns _source;

    public FeatureSnapshot(TilesetPlan plan, SourceColumns source)
    {
        (_plan, _source) = (plan, source);
        var drawn = source.Find(plan.GeometryColumn);
        if (drawn.Type is not ("geometry" or "geography")) throw new TilesetException($"The column {drawn.Name} holds no geometry.");
        var names = plan.Columns?.Select(source.Find) ?? source.Columns.Where(column => column.Type is not ("geometry" or "geography"));
        Values = [.. names.Select(column => TileValue.From(column.Name, column.Type, $"s.{Names.Quote(column.Name)}"))];
        Raw = $"s.{Names.Quote(drawn.Name)}::geometry";
    }

    public IReadOnlyList<TileValue> Values { get; }

    private string Raw { get; }

    /// <summary>In degrees and flat; of rows without a system, as they are.</summary>
    public static string Degrees(string raw)
    {
        var flat = $"ST_Force2D(ST_CurveToLine({raw}))";
        return $"CASE ST_SRID({raw}) WHEN 4326 THEN {flat} WHEN 0 THEN ST_SetSRID({flat}, 4326) ELSE ST_Transform({flat}, 4326) END";
    }

    public static string Column(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"v{index + 1}");

    public IEnumerable<string> CreateSql(string table)
    {
        var values = string.Concat(Values.Select((value, index) => $", {value.Sql} AS {Column(index)}"));
        // The user's ordering sees the input's own columns; then the largest come first, and points evenly spread.
        var order = _plan.FeatureOrder is { } own ? $"{own}, " : "";
        yield return $"""
            CREATE TABLE {table} AS
            SELECT row_number() OVER (ORDER BY {order}CASE ST_Dimension({Shape}) WHEN 2 THEN ST_Area({Shape}) WHEN 1 THEN ST_Length({Shape}) ELSE 0 END DESC,
                       hashtextextended((s.*)::text, 0), {Shape}) AS {Id}, {Shape} AS {Geometry}{values}
            FROM {_source.FromSql} CROSS JOIN LATERAL (SELECT {Degrees(Raw)} AS {Shape}) AS projected
            WHERE {Shape} IS NOT NULL AND NOT ST_IsEmpty({Shape})
            """;
        yield return $"ALTER TABLE {table} ADD PRIMARY KEY ({Id})";
        yield return $"CREATE INDEX ON {table} USING gist ({Geometry})";
        yield return $"ANALYZE {table}";
    }

    public string StatisticsSql(string table, int maxZoom) =>
        $"SELECT GeometryType({Geometry}) AS carto_geometry{string.Concat(Values.Select((value, index) => $", {Column(index)} AS {Names.Quote(value.Name)}"))} FROM {table}";

    public async Task<Bounds?> MeasureAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT ST_Extent({Geometry}) AS b FROM {table}) AS t", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return await reader.IsDBNullAsync(0, cancellationToken) ? null : new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
    }
}
