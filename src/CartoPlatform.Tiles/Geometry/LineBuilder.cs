namespace CartoPlatform.Tiles.Geometry;

/// <summary>Projects a line, cuts it to the tile and snaps the parts. Stretches far from the tile are not even projected.</summary>
internal sealed class LineBuilder : IDisposable
{
    private readonly PooledList<TilePoint> _part = new();

    public LineSimplifier Simplifier { get; } = new();

    public void Add<TVertices>(ref TVertices line, ClipBox box, bool simplify, LineSet output)
        where TVertices : struct, IVertexReader, allows ref struct
    {
        SourceVertex previous = default;
        End start = default;
        bool hasPrevious = false, isProjected = false;
        while (line.TryRead(out var vertex))
        {
            if (hasPrevious && (vertex.Beyond & previous.Beyond) != 0)
            {
                Finish(simplify, output);
                isProjected = false;
            }
            else if (hasPrevious)
            {
                if (!isProjected) start = End.Of(line.ToTile(previous), box);
                var end = End.Of(line.ToTile(vertex), box);
                AddSegment(start, end, box, simplify, output);
                (start, isProjected) = (end, true);
            }

            (previous, hasPrevious) = (vertex, true);
        }

        Finish(simplify, output);
    }

    public void Dispose()
    {
        _part.Dispose();
        Simplifier.Dispose();
    }

    private void AddSegment(in End start, in End end, ClipBox box, bool simplify, LineSet output)
    {
        if ((start.Beyond | end.Beyond) == Sides.None)
        {
            if (_part.Count == 0) _part.Add(start.Place);
            _part.Add(end.Place);
            return;
        }

        var (from, to) = (start.Place, end.Place);
        if ((start.Beyond & end.Beyond) != 0 || !LineClipper.TryClip(box, ref from, ref to))
        {
            Finish(simplify, output);
            return;
        }

        if (_part.Count > 0 && from != start.Place) Finish(simplify, output);
        if (_part.Count == 0) _part.Add(from);
        _part.Add(to);
        if (to != end.Place) Finish(simplify, output);
    }

    private void Finish(bool simplify, LineSet output)
    {
        if (_part.Count == 0) return;
        output.Add(simplify ? Simplifier.Simplify(_part.Items) : _part.Items);
        _part.Clear();
    }

    private readonly record struct End(TilePoint Place, Sides Beyond)
    {
        public static End Of(TilePoint place, ClipBox box) => new(place, box.SidesBeyond(place));
    }
}
