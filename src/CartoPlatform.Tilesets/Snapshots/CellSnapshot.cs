using System.Globalization;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>Rows with their cell as a number; rows without a well-formed one are left out.</summary>
internal sealed class CellSnapshot : ISnapshot
{
    public const string Cell = "carto_cell";

    // Cells whose boxes are united: of finer ones their parents.
    private const int CoarseH3 = 3, CoarseQuadbin = 8;

    private readonly SourceColumns _source;
    private readonly TilesetPlan _plan;
    private readonly string _cell;

    public CellSnapshot(TilesetPlan plan, SourceColumns source, IReadOnlyList<TileValue> values)
    {
        (_plan, _source, Values) = (plan, source, values);
        Scheme = plan.Scheme ?? throw new ArgumentException("A plan for cells names their system.", nameof(plan));
        var column = source.Find(plan.CellColumn);
        var name = $"s.{Names.Quote(column.Name)}";
        _cell = column.Type switch
        {
            "int8" => name,
            "numeric" => $"CASE WHEN {name} BETWEEN 1 AND 9223372036854775807 AND {name} = trunc({name}) THEN {name}::int8 END",
            "text" or "varchar" or "bpchar" => $"CASE WHEN {name} ~ '^[0-9a-fA-F]{{15,16}}$' THEN ('x' || lpad({name}, 16, '0'))::bit(64)::int8 WHEN {name} ~ '^[0-9]{{17,18}}$' THEN {name}::int8 "
                + $"WHEN {name} ~ '^[0-9]{{19}}$' AND {name} <= '9223372036854775807' THEN {name}::int8 END",
            _ => throw new TilesetException($"The column {column.Name} holds no cells: they are bigint, numeric or text."),
        };
    }

    public CellScheme Scheme { get; }

    public IReadOnlyList<TileValue> Values { get; }

    private string Resolution => string.Create(CultureInfo.InvariantCulture, $"(({Cell} >> {CellScheme.ResolutionShift}) & {Scheme.ResolutionMask})::int");

    public IEnumerable<string> CreateSql(string table)
    {
        yield return $"CREATE TABLE {table} AS SELECT s.*, carto_c.cell AS {Cell} FROM {_source.FromSql} CROSS JOIN LATERAL (SELECT {_cell} AS cell) AS carto_c WHERE {IsWellFormed("carto_c.cell")}";
        yield return $"ANALYZE {table}";
    }

    public string StatisticsSql(string table, int maxZoom) =>
        $"SELECT NULL::text AS carto_geometry{string.Concat(Values.Select(value => $", {value.Sql} AS {Names.Quote(value.Name)}"))} FROM {table} AS s {GroupSql(maxZoom, DataResolution)}";

    /// <summary>Found out when the table is there.</summary>
    public int DataResolution { get; private set; }

    /// <summary>The finest resolution of a tile.</summary>
    public int MaxZoom => _plan.MaxZoom is { } wanted ? Math.Min(wanted, DataResolution) : Math.Max(_plan.MinZoom, DataResolution - _plan.AggregationResolution);

    /// <summary>The resolution of the cells in tiles of a resolution.</summary>
    public int CellResolution(int zoom) => Math.Min(zoom + _plan.AggregationResolution, DataResolution);

    public async Task LearnAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT max({Resolution}) FROM {table}", connection) { CommandTimeout = 0 };
        DataResolution = await command.ExecuteScalarAsync(cancellationToken) as int? ?? _plan.MinZoom;
        if (_plan.MinZoom > DataResolution) throw new TilesetException(string.Create(CultureInfo.InvariantCulture, $"The coarsest resolution of a tile is {_plan.MinZoom}, and the cells have {DataResolution}."));
    }

    /// <summary>One group for each cell in the tiles of a resolution; coarser cells are in none.</summary>
    public string GroupSql(int zoom, int dataResolution)
    {
        var resolution = Math.Min(zoom + _plan.AggregationResolution, dataResolution);
        return string.Create(CultureInfo.InvariantCulture, $"WHERE {Resolution} >= {resolution} GROUP BY {Parent(resolution)}");
    }

    /// <summary>The parent of a resolution: its number, and all finer digits one.</summary>
    public string Parent(int resolution) => string.Create(
        CultureInfo.InvariantCulture,
        $"(({Cell} & {~(Scheme.ResolutionMask << CellScheme.ResolutionShift)}) | {((long)resolution << CellScheme.ResolutionShift) | Scheme.Finer(resolution)})");

    public async Task<Bounds?> MeasureAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var coarse = Math.Min(DataResolution, Scheme == CellScheme.H3 ? CoarseH3 : CoarseQuadbin);
        await using var command = new NpgsqlCommand($"SELECT DISTINCT CASE WHEN {Resolution} >= {coarse} THEN {Parent(coarse)} ELSE {Cell} END FROM {table}", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Bounds? all = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var cell = reader.GetInt64(0);
            if (!Scheme.IsValid(cell)) continue;
            var box = CellBounds.Around(Scheme, cell);
            all = all is not { } known ? box : new Bounds(Math.Min(known.West, box.West), Math.Min(known.South, box.South), Math.Max(known.East, box.East), Math.Max(known.North, box.North));
        }

        return all;
    }

    // Header, resolution and unused digits; whether an H3 digit exists below a pentagon is looked at when tiles are made.
    private string IsWellFormed(string cell)
    {
        var (mask, header, deepest) = Scheme == CellScheme.H3 ? ("-72057594037927936", "576460752303423488", 15) : ("-144115188075855872", "5188146770730811392", 26);
        var resolution = $"(({cell} >> 52) & {Scheme.ResolutionMask})";
        var finer = string.Create(CultureInfo.InvariantCulture, $"((1::int8 << ({Scheme.DigitBits} * ({deepest} - {resolution}))::int) - 1)");
        return $"{cell} IS NOT NULL AND ({cell} & {mask}) = {header} AND CASE WHEN {resolution} <= {deepest} THEN ({cell} & {finer}) = {finer} ELSE false END";
    }
}
