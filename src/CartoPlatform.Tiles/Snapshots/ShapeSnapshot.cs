namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The rows of a layer of lines or polygons in memory, in the order that they were added in, and an index of their boxes.</summary>
public sealed class ShapeSnapshot : LayerSnapshot
{
    // A point takes as long as so many bytes of a shape that is passed over or clipped.
    private const int BytesOfAPoint = 128;

    private readonly BoxTree _tree;
    private readonly ulong[] _places;
    private readonly ShapeBytes _shapes;
    private readonly bool _isMetric;

    internal ShapeSnapshot(BoxTree tree, ulong[] places, ShapeBytes shapes, SnapshotColumn[] columns, bool isMetric)
        : base(columns, tree.Bytes + places.Length * (long)sizeof(ulong) + shapes.Bytes) =>
        (_tree, _places, _shapes, _isMetric) = (tree, places, shapes, isMetric);

    /// <inheritdoc/>
    public override int Count => _places.Length;

    /// <inheritdoc/>
    public override bool IsWorth(TileAddress tile, int points)
    {
        var visitor = new Weigher(this, points);
        _tree.Search(ShapeBox.Of(_isMetric ? tile.MercatorBounds : tile.DegreeBounds), ref visitor);
        return visitor.Missing <= 0;
    }

    /// <summary>The rows whose boxes meet a filter.</summary>
    public ShapeRows Find(in ShapeFilter filter)
    {
        var rows = new ShapeRows(this);
        var visitor = new Collector(filter, _isMetric, rows);
        _tree.Search(ShapeBox.Of(filter.Box), ref visitor);
        return rows;
    }

    internal void Push(int row, ITileFeatures target)
    {
        if (target.BeginFeature(_shapes[_places[row]])) PushAttributes(row, target);
    }

    private struct Weigher(ShapeSnapshot snapshot, long points) : IBoxVisitor
    {
        public long Missing = points;

        public bool Visit(int item, in ShapeBox box)
        {
            var next = item + 1 < snapshot._places.Length ? snapshot._places[item + 1] : snapshot._shapes.End;
            Missing -= 1 + ShapeBytes.Between(snapshot._places[item], next) / BytesOfAPoint;
            return Missing > 0;
        }
    }

    private readonly struct Collector(ShapeFilter filter, bool isMetric, ShapeRows rows) : IBoxVisitor
    {
        public bool Visit(int item, in ShapeBox box)
        {
            if (filter.Admits(in box, isMetric)) rows.Add(new ShapeRow(item, box.Width + box.Height));
            return true;
        }
    }
}
