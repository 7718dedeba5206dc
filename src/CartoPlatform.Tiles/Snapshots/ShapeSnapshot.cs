namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The rows of a layer of lines or polygons in memory, in the order that they were added in, and an index of their boxes.</summary>
public sealed class ShapeSnapshot : LayerSnapshot
{
    private readonly BoxTree _tree;
    private readonly Chunks<ulong> _places;
    private readonly ShapeBytes _shapes;
    private readonly bool _isMetric;

    internal ShapeSnapshot(BoxTree tree, Chunks<ulong> places, ShapeBytes shapes, SnapshotColumn[] columns, bool isMetric)
        : base(columns, tree.Bytes + places.Bytes + shapes.Bytes) =>
        (_tree, _places, _shapes, _isMetric) = (tree, places, shapes, isMetric);

    /// <inheritdoc/>
    public override int Count => _places.Count;

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

    private readonly struct Collector(ShapeFilter filter, bool isMetric, ShapeRows rows) : IBoxVisitor
    {
        public void Visit(int item, in ShapeBox box)
        {
            if (filter.Admits(in box, isMetric)) rows.Add(new ShapeRow(item, box.Width + box.Height));
        }
    }
}
