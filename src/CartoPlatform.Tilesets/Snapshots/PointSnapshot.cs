using System.Globalization;
using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>Points with the column and row of their cell in the finest grid: those of every coarser one are a shift away.</summary>
internal sealed class PointSnapshot : ISnapshot
{
    /// <summary>Of the finest grid.</summary>
    public const int Zoom = 30;

    public const string X = "carto_x", Y = "carto_y", Longitude = "carto_lon", Latitude = "carto_lat";

    private readonly SourceColumns _source;
    private readonly TilesetPlan _plan;
    private readonly string _raw;

    public PointSnapshot(TilesetPlan plan, SourceColumns source, IReadOnlyList<TileValue> values)
    {
        (_plan, _source, Values) = (plan, source, values);
        var drawn = source.Find(plan.GeometryColumn);
        if (drawn.Type is not ("geometry" or "geography")) throw new TilesetException($"The column {drawn.Name} holds no geometry.");
        _raw = $"s.{Names.Quote(drawn.Name)}::geometry";
    }

    public IReadOnlyList<TileValue> Values { get; }

    public IEnumerable<string> CreateSql(string table)
    {
        const string East = "least(greatest(ST_X(carto_point), -180), 180)";
        var north = string.Create(CultureInfo.InvariantCulture, $"least(greatest(ST_Y(carto_point), -{WebMercator.MaxLatitude}), {WebMercator.MaxLatitude})");
        yield return $"""
            DO $check$
            BEGIN
                IF EXISTS (SELECT FROM {_source.FromSql} WHERE ST_Dimension({_raw}) > 0) THEN
                    RAISE EXCEPTION 'Only points can be aggregated: there are other geometries in the column {Escape(_plan.GeometryColumn)}';
                END IF;
            END
            $check$
            """;
        yield return $"""
            CREATE TABLE {table} AS
            SELECT s.*, {East} AS {Longitude}, {north} AS {Latitude},
                   {Cell($"({East} + 180) / 360")} AS {X}, {Cell($"0.5 - ln(tan(pi() / 4 + radians({north}) / 2)) / (2 * pi())")} AS {Y}
            FROM {_source.FromSql}
            CROSS JOIN LATERAL (SELECT {FeatureSnapshot.Degrees(_raw)} AS {FeatureSnapshot.Shape}) AS projected
            CROSS JOIN LATERAL (SELECT ST_Centroid({FeatureSnapshot.Shape}) AS carto_point) AS point
            WHERE {FeatureSnapshot.Shape} IS NOT NULL AND NOT ST_IsEmpty({FeatureSnapshot.Shape})
            """;
        yield return $"ANALYZE {table}";
    }

    public string StatisticsSql(string table, int maxZoom) => $"SELECT 'POINT' AS carto_geometry{string.Concat(Values.Select(value => $", {value.Sql} AS {Names.Quote(value.Name)}"))} FROM {table} AS s {GroupSql(maxZoom)}";

    /// <summary>One group for each cell of the tiles of a zoom.</summary>
    public string GroupSql(int zoom)
    {
        var shift = Zoom - Math.Min(Zoom, zoom + _plan.AggregationResolution);
        return string.Create(CultureInfo.InvariantCulture, $"GROUP BY {X} >> {shift}, {Y} >> {shift}");
    }

    public async Task<Bounds?> MeasureAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT min({Longitude}), min({Latitude}), max({Longitude}), max({Latitude}) FROM {table}", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return await reader.IsDBNullAsync(0, cancellationToken) ? null : new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
    }

    // Within a literal within a block, where RAISE takes % for a place to fill.
    private static string Escape(string name) => name.Replace("'", "''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal);

    private static string Cell(string fraction) => string.Create(CultureInfo.InvariantCulture, $"least(greatest(floor(({fraction}) * {1L << Zoom}), 0), {(1L << Zoom) - 1})::int8");
}
