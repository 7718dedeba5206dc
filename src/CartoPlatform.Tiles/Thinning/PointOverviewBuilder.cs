using System.Runtime.InteropServices;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>
/// Makes an overview of rows in any order. Memory is bounded: where there would be more cells than allowed, all become coarser by one
/// level, which loses nothing but the tiles of one zoom.
/// </summary>
public sealed class PointOverviewBuilder
{
    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0), TileGrid.MaxExtent);

    private readonly int _maxCells;
    private readonly Dictionary<int, TileProjection> _projections = [];
    private Dictionary<ulong, OverviewEntry> _cells = [];
    private int _level;
    private long _rows;

    /// <param name="level">Of the cells, at most 20.</param>
    /// <param name="maxCells">How many there may be.</param>
    public PointOverviewBuilder(int level, int maxCells)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)level, 20u, nameof(level));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCells, 4);
        (_level, _maxCells) = (level, maxCells);
    }

    /// <summary>Takes a row.</summary>
    /// <param name="ewkb">Its geometry; no bytes stand for NULL.</param>
    /// <param name="address">How it is found again.</param>
    /// <returns>False for a geometry that is drawn and no single point: an overview cannot hold it.</returns>
    public bool Add(ReadOnlySpan<byte> ewkb, long address)
    {
        if (ewkb.IsEmpty) return true;
        double x, y;
        int srid;
        try
        {
            if (!SinglePoint.TryRead(ewkb, out x, out y, out srid)) return false;
        }
        catch (WkbException)
        {
            // Tiles leave it out too.
            return true;
        }

        var projection = Projection(srid);
        if (!projection.TryAccept(x, ref y)) return true;
        var place = projection.ToTile(x, y, out var isInWorld);
        if (!isInWorld) return true;

        _rows++;
        var hash = SinglePoint.Hash(x, y);
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_cells, MortonCode.Of(Index(place.X), Index(place.Y)), out var isKnown);
        entry = isKnown ? Merge(entry, new OverviewEntry(1, hash, address)) : new OverviewEntry(1, hash, address);
        while (_cells.Count > _maxCells) Coarsen();
        return true;
    }

    public PointOverview Build() => new(_level, [.. _cells.OrderBy(cell => cell.Key)], _rows);

    // Rows of one place in the order of the table: what they carry is not known here.
    private static OverviewEntry Merge(OverviewEntry one, OverviewEntry other)
    {
        var best = (one.Hash, one.Address).CompareTo((other.Hash, other.Address)) <= 0 ? one : other;
        return best with { Count = checked(one.Count + other.Count) };
    }

    private void Coarsen()
    {
        var coarse = new Dictionary<ulong, OverviewEntry>(_cells.Count / 2);
        foreach (var (cell, entry) in _cells)
        {
            ref var parent = ref CollectionsMarshal.GetValueRefOrAddDefault(coarse, cell >> 2, out var isKnown);
            parent = isKnown ? Merge(parent, entry) : entry;
        }

        (_cells, _level) = (coarse, _level - 1);
    }

    // Scaling by powers of two is exact: the cell is the one that tiles put the point in.
    private int Index(double units) => Math.Min((int)(units / World.Extent * (1 << _level)), (1 << _level) - 1);

    private TileProjection Projection(int srid)
    {
        if (!_projections.TryGetValue(srid, out var projection)) _projections[srid] = projection = new TileProjection(World, srid);
        return projection;
    }
}
