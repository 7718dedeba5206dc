namespace CartoPlatform.Tiles.H3;

/// <summary>The corners of cells, and where their edges cross edges of the icosahedron.</summary>
internal static class CellOutline
{
    // Corners are coordinates of a grid of a third of the spacing.
    private const int Fineness = 3;

    // Corners around a centre, counterclockwise, in the corner grid of an even resolution.
    private static readonly HexCoordinate[] EvenCorners = [new(2, 1), new(1, 2), new(-1, 1), new(-2, -1), new(-1, -2), new(1, -1)];

    // Of an odd resolution, in the corner grid of the next.
    private static readonly HexCoordinate[] OddCorners = [new(5, 4), new(1, 5), new(-4, 1), new(-5, -4), new(-1, -5), new(4, -1)];

    /// <summary>The greatest sum of components on a face, at an even resolution.</summary>
    public static int Reach(int evenResolution)
    {
        var reach = 2;
        for (var r = 0; r < evenResolution; r += 2) reach *= 7;
        return reach;
    }

    public static int Write(FaceCoordinate cell, int resolution, bool pentagon, Span<LonLat> corners)
    {
        var odd = (resolution & 1) == 1;
        var grid = odd ? resolution + 1 : resolution;
        var center = odd ? cell.Coordinate.ToCenterChild(odd: false) : cell.Coordinate;
        var offsets = odd ? OddCorners : EvenCorners;
        var sides = pentagon ? 5 : 6;
        var count = 0;
        var first = Corner(0);
        var last = first;
        for (var side = 0; side < sides; side++)
        {
            corners[count++] = last.Place.ToDegrees();
            var next = side + 1 == sides ? first : Corner(side + 1);
            // Edges of cells of even resolutions meet those of the icosahedron in corners, or lie on them.
            if (odd && next.Face != last.Face && Icosahedron.CrossEdge(last, next) is { } crossing) corners[count++] = crossing.ToDegrees();
            last = next;
        }

        return count;

        (int Face, Vector3 Place) Corner(int side)
        {
            var corner = new FaceCoordinate(cell.Face, center.ToCorners() + offsets[side]);
            var reach = Reach(grid) * Fineness;
            while (corner.CrossEdge(reach) is { } crossed)
            {
                corner = crossed;
                if (!pentagon) break;
            }

            return (corner.Face, corner.ToSpace(grid, Fineness));
        }
    }
}
