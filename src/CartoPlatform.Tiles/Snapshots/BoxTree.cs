using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// Finds boxes that meet another one: an R-tree without holes over boxes in the order of Hilbert's curve (Kamel and Faloutsos 1993), in one array.
/// </summary>
internal sealed class BoxTree
{
    private const int NodeSize = 16;
    private const int CurveBits = 16;

    // The leaves, then the boxes around each sixteen of them, and so on up to one.
    private readonly ShapeBox[] _boxes;
    private readonly int[] _levelEnds;
    private readonly int[] _items;

    public BoxTree(Chunks<ShapeBox> boxes)
    {
        (_items, _levelEnds) = (Order(boxes), LevelEnds(boxes.Count));
        _boxes = new ShapeBox[_levelEnds.Length == 0 ? 0 : _levelEnds[^1]];
        for (var i = 0; i < boxes.Count; i++) _boxes[i] = boxes[_items[i]];
        for (int at = boxes.Count, child = 0, level = 0; at < _boxes.Length; at++)
        {
            var (end, box) = (Math.Min(child + NodeSize, _levelEnds[level]), ShapeBox.Empty);
            for (; child < end; child++) box = box.With(_boxes[child]);
            _boxes[at] = box;
            if (child == _levelEnds[level]) level++;
        }
    }

    public long Bytes => _boxes.Length * (long)Unsafe.SizeOf<ShapeBox>() + _items.Length * (long)sizeof(int);

    /// <summary>Gives the number and the box of each that meets the box, in any order.</summary>
    public void Search<TVisitor>(in ShapeBox box, ref TVisitor visitor)
        where TVisitor : struct, IBoxVisitor, allows ref struct
    {
        if (_levelEnds.Length > 0) Search(_levelEnds.Length - 1, _boxes.Length - 1, in box, ref visitor);
    }

    private void Search<TVisitor>(int level, int node, in ShapeBox box, ref TVisitor visitor)
        where TVisitor : struct, IBoxVisitor, allows ref struct
    {
        ref readonly var own = ref _boxes[node];
        if (!own.Meets(in box)) return;
        if (level == 0)
        {
            visitor.Visit(_items[node], in own);
            return;
        }

        var (below, start) = (level == 1 ? 0 : _levelEnds[level - 2], _levelEnds[level - 1]);
        var child = below + (node - start) * NodeSize;
        var end = Math.Min(child + NodeSize, start);
        for (; child < end; child++) Search(level - 1, child, in box, ref visitor);
    }

    private static int[] LevelEnds(int count)
    {
        if (count == 0) return [];
        var ends = new List<int> { count };
        for (var width = count; width > 1;)
        {
            width = (width + NodeSize - 1) / NodeSize;
            ends.Add(ends[^1] + width);
        }

        return [.. ends];
    }

    private static int[] Order(Chunks<ShapeBox> boxes)
    {
        var all = ShapeBox.Empty;
        for (var i = 0; i < boxes.Count; i++) all = all.With(boxes[i]);
        var (keys, items) = (new uint[boxes.Count], new int[boxes.Count]);
        for (var i = 0; i < boxes.Count; i++)
        {
            var box = boxes[i];
            (keys[i], items[i]) = (Hilbert(Place(box.West, box.East, all.West, all.Width), Place(box.South, box.North, all.South, all.Height)), i);
        }

        Array.Sort(keys, items);
        return items;
    }

    private static uint Place(float low, float high, float origin, double size) =>
        size > 0 ? (uint)Math.Min((((double)low + high) / 2 - origin) / size * (1 << CurveBits), (1 << CurveBits) - 1) : 0;

    // The place on the curve: quadrant by quadrant, each turned as the curve runs through it.
    private static uint Hilbert(uint x, uint y)
    {
        var key = 0u;
        for (var bit = 1u << (CurveBits - 1); bit > 0; bit >>= 1)
        {
            var (right, upper) = ((x & bit) == 0 ? 0u : 1u, (y & bit) == 0 ? 0u : 1u);
            key = (key << 2) | ((3 * right) ^ upper);
            if (upper == 1) continue;
            if (right == 1) (x, y) = (~x, ~y);
            (x, y) = (y, x);
        }

        return key;
    }
}

internal interface IBoxVisitor
{
    void Visit(int item, in ShapeBox box);
}
