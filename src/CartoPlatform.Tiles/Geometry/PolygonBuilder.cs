namespace CartoPlatform.Tiles.Geometry;

/// <summary>Projects rings, cuts them to the tile and snaps them; <see cref="Finish"/> makes the polygons of the feature valid.</summary>
internal sealed class PolygonBuilder : IDisposable
{
    private readonly PooledList<TilePoint> _ring = new();
    private readonly RingClipper _clipper = new();
    private readonly PolygonChecker _checker = new();
    private readonly PolygonMender _mender = new();
    private RingSet _spare = new();

    public LineSimplifier Simplifier { get; } = new();

    /// <summary>Adds a ring; false when nothing of it is left in the tile.</summary>
    public bool Add<TVertices>(ref TVertices ring, bool isHole, ClipBox box, bool simplify, RingSet output)
        where TVertices : struct, IVertexReader, allows ref struct
    {
        var crossed = Project(ref ring, box);
        ReadOnlySpan<TilePoint> vertices = _ring.Items;
        if (crossed != Sides.None) vertices = _clipper.Clip(vertices, box, crossed);
        if (simplify) vertices = Simplifier.Simplify(vertices);
        if (vertices.Length < 3) return false;
        return isHole ? output.AddHole(vertices) : output.AddShell(vertices);
    }

    /// <summary>Checks all polygons of the feature and mends those that need it.</summary>
    public void Finish(TileGeometry geometry)
    {
        if (geometry.Polygons.PolygonCount == 0 || _checker.Check(geometry.Polygons) != Verdict.Suspect) return;
        _mender.Mend(geometry.Polygons, _checker.Suspects, _spare);
        (geometry.Polygons, _spare) = (_spare, geometry.Polygons);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _clipper.Dispose();
        Simplifier.Dispose();
        _checker.Dispose();
        _mender.Dispose();
        _spare.Dispose();
    }

    // Leaves out vertices that lie, with both neighbours, beyond the same side: what is in the tile stays the same,
    // as the ring only takes a shorter way outside. Returns the sides that the rest reaches beyond.
    private Sides Project<TVertices>(ref TVertices ring, ClipBox box)
        where TVertices : struct, IVertexReader, allows ref struct
    {
        _ring.Clear();
        SourceVertex last = default;
        Sides beforeLast = Sides.None, common = (Sides)0xF, crossed = Sides.None;
        var pending = false;
        while (ring.TryRead(out var vertex))
        {
            common &= vertex.Beyond;
            if (pending && (beforeLast & last.Beyond & vertex.Beyond) == 0)
            {
                crossed |= Append(ring.ToTile(last), box);
                beforeLast = last.Beyond;
            }
            else if (!pending)
            {
                // The first vertex has no neighbour yet and stays.
                beforeLast = Sides.None;
            }

            (last, pending) = (vertex, true);
        }

        if (pending) crossed |= Append(ring.ToTile(last), box);
        if (common != Sides.None) _ring.Clear();
        return crossed;
    }

    private Sides Append(TilePoint point, ClipBox box)
    {
        _ring.Add(point);
        return box.SidesBeyond(point);
    }
}
