namespace CartoPlatform.Tiles.H3;

/// <summary>A cell's or corner's coordinate in the grid of one face.</summary>
internal readonly record struct FaceCoordinate(int Face, HexCoordinate Coordinate)
{
    /// <summary>The place in space, on a plane that touches the sphere.</summary>
    /// <param name="resolution">Of the grid.</param>
    /// <param name="fineness">Steps of the coordinate to the distance of two cells.</param>
    public Vector3 ToSpace(int resolution, int fineness = 1)
    {
        var (x, y) = Coordinate.ToPlane();
        var scale = Icosahedron.UnitLength / (Math.Pow(7, resolution / 2.0) * fineness);
        return Icosahedron.Unproject(Face, (resolution & 1) == 1, x * scale, y * scale);
    }

    /// <summary>The same cell on the neighbouring face; null when it lies on this one. In grids of even resolutions.</summary>
    /// <param name="reach">The greatest sum of components on a face.</param>
    /// <param name="skipsSector">A cell in a pentagon's sector i: beyond the edge the sector k is missing.</param>
    public FaceCoordinate? CrossEdge(int reach, bool skipsSector = false)
    {
        var (i, j, k) = Coordinate.Components;
        if (i + j + k <= reach) return null;

        var quadrant = k == 0 ? Quadrant.IJ : j > 0 ? Quadrant.JK : Quadrant.KI;
        var coordinate = Coordinate;
        if (skipsSector && quadrant == Quadrant.KI)
        {
            var corner = new HexCoordinate(reach, 0);
            coordinate = (coordinate - corner).Rotate60Clockwise() + corner;
        }

        var (turns, step) = Joint(Icosahedron.IsPolar(Face), quadrant);
        for (var turn = 0; turn < turns; turn++) coordinate = coordinate.Rotate60();
        return new FaceCoordinate(Icosahedron.Neighbor(Face, quadrant), coordinate + HexCoordinate.Step(step) * reach);
    }

    // How the axes of two faces lie to each other: sixths of a turn, and the direction of this face's centre from the other's.
    private static (int Turns, int Step) Joint(bool polar, Quadrant quadrant) => (polar, quadrant) switch
    {
        (true, Quadrant.IJ) => (1, 5),
        (true, Quadrant.KI) => (5, 6),
        (false, Quadrant.IJ) => (3, 6),
        (false, Quadrant.KI) => (3, 5),
        _ => (3, 3),
    };
}
