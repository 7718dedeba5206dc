using System.Globalization;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>
/// The box around a column of H3 or quadbin cells. Cells are arithmetic of ours, so that the distinct ones come here; where they are
/// too many, their parents do.
/// </summary>
internal sealed class CellExtents(CellResolutions resolutions)
{
    // Of so many cells side by side each is less than a hundredth of the box's side.
    private const int MaxCells = 50_000;

    // 49 cells of H3 become one, or 16 of quadbin.
    private const int ResolutionStep = 2;

    /// <returns>Null without cells; not exact where it is the box of parents, which is a little larger.</returns>
    public async Task<(Bounds? Bounds, bool IsExact)> FindAsync(DatabasePool pool, StatsContext context, CellScheme scheme, CancellationToken cancellationToken)
    {
        var column = new CellColumn(context.Column, scheme);
        if (await resolutions.FindAsync(pool, context.Rows, column, cancellationToken) is not { } finest) return (null, true);

        await using var connection = await pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var resolution = scheme.MaxResolution;
        while (true)
        {
            var (bounds, count) = await ReadAsync(connection, context, column, resolution, cancellationToken);
            if (count <= MaxCells) return (bounds, resolution == scheme.MaxResolution);
            resolution = Math.Max(0, Math.Min(finest, resolution) - ResolutionStep);
        }
    }

    private static async Task<(Bounds? Bounds, int Count)> ReadAsync(
        NpgsqlConnection connection, StatsContext context, CellColumn column, int resolution, CancellationToken cancellationToken)
    {
        var cells = new CellSql(column.Scheme);
        var parent = cells.Parent("k.cell", string.Create(CultureInfo.InvariantCulture, $"least({cells.Resolution("k.cell")}, {resolution})"));
        await using var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"SELECT DISTINCT {parent} {context.From(column.LateralSql, cells.IsValid("k.cell"))} LIMIT {MaxCells + 1}"),
            connection);
        context.Values.CopyTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Bounds? bounds = null;
        var count = 0;
        for (; await reader.ReadAsync(cancellationToken); count++)
        {
            var cell = reader.GetInt64(0);
            bounds = Unite(bounds, resolution == column.Scheme.MaxResolution ? Outline(column.Scheme, cell) : CellBounds.Around(column.Scheme, cell));
        }

        return (bounds, count);
    }

    private static Bounds Outline(CellScheme scheme, long cell)
    {
        Span<LonLat> corners = stackalloc LonLat[scheme.MaxCorners];
        corners = corners[..scheme.Boundary(cell, corners)];
        var box = new Bounds(180, 90, -180, -90);
        foreach (var corner in corners)
            box = Unite(box, new Bounds(corner.Longitude, corner.Latitude, corner.Longitude, corner.Latitude));

        // Corners on both sides of 180 degrees, or around a pole.
        return box.Width > 180 && scheme == CellScheme.H3 ? CellBounds.Around(scheme, cell) : box;
    }

    private static Bounds Unite(Bounds? known, Bounds more) => known is not { } box
        ? more
        : new Bounds(Math.Min(box.West, more.West), Math.Min(box.South, more.South), Math.Max(box.East, more.East), Math.Max(box.North, more.North));
}
