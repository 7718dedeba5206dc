namespace CartoPlatform.Tiles.Geometry;

/// <summary>Projects a line, cuts it to the tile and snaps the parts. Stretches far from the tile are not even projected.</summary>
internal sealed class LineBuilder : IDisposable
{
    private readonly PooledList<TilePoint> _part = new();

    public LineSimplifier Simplifier { get; } = new();

    public void Add(in WkbCoordinates line, in TileProjection projection, ClipBox box, bool simplify, LineSet output)
    {
        double previousX = 0, previousY = 0;
        var previousBeyond = Sides.None;
        var hasPrevious = false;
        for (var i = 0; i < line.Count; i++)
        {
            line.Read(i, out var x, out var y);
            if (!projection.TryAccept(x, ref y)) continue;
            var beyond = projection.SidesBeyond(x, y);
            if (hasPrevious)
            {
                if ((beyond & previousBeyond) != 0)
                    Finish(simplify, output);
                else
                    AddSegment(projection.ToTile(previousX, previousY), projection.ToTile(x, y), box, simplify, output);
            }

            (previousX, previousY, previousBeyond, hasPrevious) = (x, y, beyond, true);
        }

        Finish(simplify, output);
    }

    public void Dispose()
    {
        _part.Dispose();
        Simplifier.Dispose();
    }

    private void AddSegment(TilePoint start, TilePoint end, ClipBox box, bool simplify, LineSet output)
    {
        var (wholeStart, wholeEnd) = (start, end);
        if (!LineClipper.TryClip(box, ref start, ref end))
        {
            Finish(simplify, output);
            return;
        }

        if (_part.Count > 0 && start != wholeStart) Finish(simplify, output);
        if (_part.Count == 0) _part.Add(start);
        _part.Add(end);
        if (end != wholeEnd) Finish(simplify, output);
    }

    private void Finish(bool simplify, LineSet output)
    {
        if (_part.Count == 0) return;
        output.Add(simplify ? Simplifier.Simplify(_part.Items) : _part.Items);
        _part.Clear();
    }
}
