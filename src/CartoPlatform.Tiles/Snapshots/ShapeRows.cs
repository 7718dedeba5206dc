using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Rows of a snapshot.</summary>
public sealed class ShapeRows : IDisposable
{
    private readonly ShapeSnapshot _snapshot;
    private readonly PooledList<ShapeRow> _rows = new();

    internal ShapeRows(ShapeSnapshot snapshot) => _snapshot = snapshot;

    public int Count => _rows.Count;

    /// <summary>Gives rows to an encoder: in the order that they were added in, or of too many the largest, the larger before the smaller.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="target">Of the columns that the snapshot has.</param>
    /// <param name="hasRoom">Whether another one may come.</param>
    /// <returns>How many were left out.</returns>
    public long PushInto(int most, ITileFeatures target, Func<bool> hasRoom)
    {
        var rows = _rows.Writable;
        if (rows.Length <= most) rows.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        else rows.Sort(static (a, b) => a.Size == b.Size ? a.Number.CompareTo(b.Number) : b.Size.CompareTo(a.Size));
        var left = Math.Max(0L, rows.Length - most);
        foreach (var row in rows[..Math.Min(rows.Length, most)])
        {
            if (hasRoom()) _snapshot.Push(row.Number, target);
            else left++;
        }

        return left;
    }

    public void Dispose() => _rows.Dispose();

    internal void Add(ShapeRow row) => _rows.Add(row);
}

/// <summary>A row and how large its shape is, width and height together.</summary>
internal readonly record struct ShapeRow(int Number, double Size);
