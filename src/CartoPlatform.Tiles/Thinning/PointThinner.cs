using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>
/// Collects the rows of one tile of points and keeps one for each cell of a grid, with the number of rows in the cell (contract, section
/// 6.2). In whatever order the rows come, the one whose place has the least hash stays: what stands for a cell stands, at deeper zooms,
/// for the part of it that it lies in. Where more cells are taken than a tile may show, those of the least hashes stay. Rows of several
/// points stay as they are.
/// </summary>
public sealed class PointThinner : ITileFeatures, IDisposable
{
    // A grid of 4096 by 4096 cells, with an integer for each.
    private const int MaxCellBits = 12;

    // To clear one cell of so many takes as long as to clear all.
    private const int ScatteredShare = 64;

    private readonly TileGrid _grid;
    private readonly int _cellBits;
    private readonly ThinningBudget _budget;
    private readonly GeometryPipeline _shapes;
    private readonly PooledList<PointEntry> _entries = new();
    private readonly RowStore _rows = new();
    private int[] _entryOfCell; // by row and column: place in the entries and 1; 0 is nowhere
    private TileProjection _projection;
    private int _srid = TileProjection.Wgs84Srid;
    private ulong _threshold = ulong.MaxValue; // a greater hash is beyond the budget, whatever comes
    private long _keptCount;
    private long _keptBytes;
    private int _open; // entry of the row at hand
    private ulong _openHash;
    private int _openOffset;

    /// <param name="grid">The tile, without a buffer.</param>
    /// <param name="cellBits">The grid of cells has 2 to the power of this columns and rows.</param>
    /// <param name="budget">What may be kept.</param>
    public PointThinner(TileGrid grid, int cellBits, ThinningBudget budget)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)cellBits, (uint)MaxCellBits, nameof(cellBits));
        (_grid, _cellBits, _budget) = (grid, cellBits, budget);
        _shapes = new GeometryPipeline(grid) { TakesDegrees = false };
        _projection = new TileProjection(grid, _srid);
        _entryOfCell = CleanGrids.Rent(1 << (2 * cellBits));
    }

    /// <summary>What the rows that are kept take, and those that others have replaced since the last clearance.</summary>
    public int RetainedBytes => _rows.Length;

    // Values that many rows share are in a tile once.
    private long MaxRowBytes => 2L * _budget.Bytes;

    /// <summary>How many rows the next one stands for.</summary>
    public long Weight { get; set; } = 1;

    /// <summary>Says how many rows a cell has, of which only those follow that may stand for it: with a weight of 0.</summary>
    public void SetCount(int column, int row, long count) => _entries[EntryOf(column, row)].Count = count;

    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        if (ewkb.IsEmpty) return false;
        if (!SinglePoint.TryRead(ewkb, out var x, out var y, out var srid)) return _shapes.Read(ewkb) && BeginShape(ewkb);
        return TryEnter(x, y, srid, out var entry, out var hash) && Begin(entry, hash, ewkb);
    }

    public bool BeginFeature(SnapshotPoint point)
    {
        if (!TryEnter(point.X, point.Y, point.Srid, out var entry, out var hash)) return false;
        Span<byte> ewkb = stackalloc byte[SnapshotPoint.EwkbBytes];
        point.WriteEwkb(ewkb);
        return Begin(entry, hash, ewkb);
    }

    public void Add(int column, ReadOnlySpan<byte> utf8) => _rows.Add(column, utf8);

    public void Add(int column, long value) => _rows.Add(column, value);

    public void Add(int column, double value) => _rows.Add(column, value);

    public void Add(int column, float value) => _rows.Add(column, value);

    public void Add(int column, bool value) => _rows.Add(column, value);

    public void EndFeature()
    {
        ref var entry = ref _entries[_open];
        var row = new RowPlace(_openOffset, _rows.Length - _openOffset);
        // Rows of one place: by what they carry.
        if (_openHash == entry.Hash && !entry.Row.IsNone && _rows[row].SequenceCompareTo(_rows[entry.Row]) >= 0)
        {
            _rows.Truncate(_openOffset);
            return;
        }

        if (entry.Row.IsNone) _keptCount++;
        _keptBytes += row.Length - entry.Row.Length;
        (entry.Hash, entry.Row) = (_openHash, row);
        if (_keptCount > 2L * _budget.Features || _keptBytes > 3 * MaxRowBytes) Prune(2 * MaxRowBytes);
        else if (_rows.Length > 2 * _keptBytes + _budget.Bytes / 2) Compact();
    }

    /// <summary>Gives what is kept to an encoder: in the order of a curve through the cells, or by hash where that is too much.</summary>
    /// <param name="encoder">Of these columns, and empty.</param>
    /// <param name="columns">Those of the rows, and behind them one for the number of rows that a feature stands for.</param>
    /// <param name="scale">By what that number is multiplied: more than 1 where the rows are a sample.</param>
    public ThinnedTile WriteTo(ITileEncoder encoder, IReadOnlyList<TileColumn> columns, double scale = 1)
    {
        if (_keptCount > _budget.Features || _keptBytes > MaxRowBytes) Prune(MaxRowBytes);
        var all = 0L;
        foreach (ref readonly var entry in _entries.Items) all += entry.Count;
        var kept = Kept();
        Array.Sort(kept, (one, other) => Compare(one.Cell.CompareTo(other.Cell), one, other));
        if (Write(kept, encoder, columns.Count - 1, scale) < kept.Length)
        {
            // What has the least hash comes first, so that what is left out is spread over the tile.
            encoder.Reset(_grid, columns);
            Array.Sort(kept, (one, other) => Compare(one.Hash.CompareTo(other.Hash), one, other));
            Array.Resize(ref kept, Write(kept, encoder, columns.Count - 1, scale));
        }

        var shown = kept.Sum(entry => entry.Count);
        return new ThinnedTile(shown - kept.Length, all - shown);
    }

    public void Dispose()
    {
        ReturnGrid();
        _entries.Dispose();
        _rows.Dispose();
        _shapes.Dispose();
    }

    private void ReturnGrid()
    {
        if (_entryOfCell.Length == 0) return;
        if (_entries.Count > _entryOfCell.Length / ScatteredShare)
        {
            Array.Clear(_entryOfCell);
        }
        else
        {
            foreach (ref readonly var entry in _entries.Items)
            {
                var cell = (ulong)entry.Cell;
                if (entry.Cell != PointEntry.NoCell) _entryOfCell[Place(MortonCode.Column(cell), MortonCode.Row(cell))] = 0;
            }
        }

        CleanGrids.Return(_entryOfCell);
        _entryOfCell = [];
    }

    // Counts it; false where another one stands for its cell already.
    private bool TryEnter(double x, double y, int srid, out int index, out ulong hash)
    {
        (index, hash) = (-1, 0);
        if (srid != _srid) (_projection, _srid) = (new TileProjection(_grid, srid), srid);
        if (!_projection.TryAccept(x, ref y)) return false;
        var place = _projection.ToTile(x, y, out var isOwned);
        if (!isOwned) return false;

        index = EntryOf(Cell(place.X), Cell(place.Y));
        ref var entry = ref _entries[index];
        entry.Count += Weight;
        hash = SinglePoint.Hash(x, y);
        return hash <= entry.Hash;
    }

    private int Place(int column, int row) => (row << _cellBits) | column;

    private int EntryOf(int column, int row)
    {
        ref var index = ref _entryOfCell[Place(column, row)];
        if (index == 0)
        {
            _entries.Add(new PointEntry { Cell = (int)MortonCode.Of(column, row), Hash = ulong.MaxValue, Row = RowPlace.None });
            index = _entries.Count;
        }

        return index - 1;
    }

    private bool BeginShape(ReadOnlySpan<byte> ewkb)
    {
        var hash = SinglePoint.Mix((ulong)ewkb.Length, 0);
        foreach (var part in ewkb) hash = (hash ^ part) * 0x100000001B3;
        hash = SinglePoint.Mix(hash, 1);
        _entries.Add(new PointEntry { Cell = PointEntry.NoCell, Hash = hash, Count = Weight, Row = RowPlace.None });
        return Begin(_entries.Count - 1, hash, ewkb);
    }

    private bool Begin(int entry, ulong hash, ReadOnlySpan<byte> ewkb)
    {
        if (hash > _threshold) return false;
        (_open, _openHash, _openOffset) = (entry, hash, _rows.Begin(ewkb));
        return true;
    }

    /// <returns>How many were written before the tile was full.</returns>
    private int Write(ReadOnlySpan<PointEntry> entries, ITileEncoder encoder, int countColumn, double scale)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (encoder.Length > _budget.Bytes) return i;
            if (!_rows.Replay(entries[i].Row, encoder)) throw new InvalidOperationException("A row that was in the tile is not in it any more.");
            encoder.Add(countColumn, (long)Math.Round(entries[i].Count * scale));
            encoder.EndFeature();
        }

        return entries.Length;
    }

    // Whatever comes later, what is left out here would be left out at the end: the order is the same. Until then more bytes stay than
    // are left at the end, as long rows may be replaced by short ones.
    private void Prune(long bytes)
    {
        var kept = new List<int>((int)_keptCount);
        for (var i = 0; i < _entries.Count; i++)
        {
            if (!_entries[i].Row.IsNone) kept.Add(i);
        }

        kept.Sort((one, other) => Compare(_entries[one].Hash.CompareTo(_entries[other].Hash), _entries[one], _entries[other]));
        (_keptCount, _keptBytes) = (0, 0);
        var isFull = false;
        foreach (var index in kept)
        {
            ref var entry = ref _entries[index];
            isFull |= _keptCount == _budget.Features || (_keptCount > 0 && _keptBytes + entry.Row.Length > bytes);
            if (isFull)
            {
                entry.Row = RowPlace.None;
                continue;
            }

            (_keptCount, _keptBytes, _threshold) = (_keptCount + 1, _keptBytes + entry.Row.Length, entry.Hash);
        }

        Compact();
    }

    private void Compact()
    {
        _rows.BeginCompaction();
        foreach (ref var entry in _entries.Writable)
        {
            if (!entry.Row.IsNone) entry.Row = _rows.Move(entry.Row);
        }

        _rows.EndCompaction();
    }

    private PointEntry[] Kept()
    {
        var kept = new PointEntry[_keptCount];
        var at = 0;
        foreach (ref readonly var entry in _entries.Items)
        {
            if (!entry.Row.IsNone) kept[at++] = entry;
        }

        return kept;
    }

    // The same order for equal rows, whatever order they came in.
    private int Compare(int first, in PointEntry one, in PointEntry other) =>
        first != 0 ? first
        : one.Hash != other.Hash ? one.Hash.CompareTo(other.Hash)
        : one.Cell != other.Cell ? one.Cell.CompareTo(other.Cell)
        : _rows[one.Row].SequenceCompareTo(_rows[other.Row]);

    private int Cell(double units) => Math.Min((int)(units * (1 << _cellBits) / _grid.Extent), (1 << _cellBits) - 1);
}
