namespace CartoPlatform.Tiles.H3;

/// <summary>
/// The icosahedron that H3's grids lie on, and the gnomonic projection between its faces and the sphere. Numbers of the H3
/// specification: Dymaxion orientation, all twelve corners in the sea.
/// </summary>
internal static class Icosahedron
{
    private const int FaceCount = 20;

    /// <summary>Distance of the centres of two neighbours at resolution 0, on a plane that touches the sphere.</summary>
    public const double UnitLength = 0.38196601125010500003;

    // Grids of odd resolutions are turned by asin(sqrt(3/28)) against those of even ones.
    private const double OddTurn = 0.333473172251832115336;

    // By face: longitude and latitude of the centre, azimuth of the i axis from there, in radians.
    private static readonly (double Longitude, double Latitude, double Azimuth)[] Places =
    [
        (1.248397419617396099, 0.803582649718989942, 5.619958268523939882),
        (2.536945009877921159, 1.307747883455638156, 5.760339081714187279),
        (-1.347517358900396623, 1.054751253523952054, 0.780213654393430055),
        (-0.450603909469755746, 0.600191595538186799, 0.430469363979999913),
        (0.401988202911306943, 0.491715428198773866, 6.130269123335111400),
        (1.678146885280433686, 0.172745327415618701, 2.692877706530642877),
        (2.953923329812411617, 0.605929321571350690, 2.982963003477243874),
        (-1.888876200336285401, 0.427370518328979641, 3.532912002790141181),
        (-0.733429513380867741, -0.079066118549212831, 3.494305004259568154),
        (0.506495587332349035, -0.230961644455383637, 3.003214169499538391),
        (2.408163140208925497, 0.079066118549212831, 5.930472956509811562),
        (-2.635097066257444203, 0.230961644455383637, 0.138378484090254847),
        (-1.463445768309359553, -0.172745327415618701, 0.448714947059150361),
        (-0.187669323777381622, -0.605929321571350690, 0.158629650112549365),
        (1.252716453253507838, -0.427370518328979641, 5.891865957979238535),
        (2.690988744120037492, -0.600191595538186799, 2.711123289609793325),
        (-2.739604450678486295, -0.491715428198773866, 3.294508837434268316),
        (-1.893195233972397139, -0.803582649718989942, 3.804819692245439833),
        (-0.604647643711872080, -1.307747883455638156, 3.664438879055192436),
        (1.794075294689396615, -1.054751253523952054, 2.361378999196363184),
    ];

    private static readonly Vector3[] Centers = [.. Places.Select(place => Vector3.FromRadians(place.Longitude, place.Latitude))];
    private static readonly (Vector3 X, Vector3 Y)[] EvenAxes = [.. Places.Select(place => Axes(place, 0))];
    private static readonly (Vector3 X, Vector3 Y)[] OddAxes = [.. Places.Select(place => Axes(place, OddTurn))];

    // By face: the faces across its edges in the ij, ki and jk quadrant.
    private static ReadOnlySpan<byte> Neighbors =>
    [
        4, 1, 5, 0, 2, 6, 1, 3, 7, 2, 4, 8, 3, 0, 9,
        10, 14, 0, 11, 10, 1, 12, 11, 2, 13, 12, 3, 14, 13, 4,
        5, 6, 15, 6, 7, 16, 7, 8, 17, 8, 9, 18, 9, 5, 19,
        16, 19, 10, 17, 15, 11, 18, 16, 12, 19, 17, 13, 15, 18, 14,
    ];

    /// <summary>The nearest face to a direction from the sphere's centre, and the place on its plane.</summary>
    public static int Project(Vector3 direction, bool odd, out double x, out double y)
    {
        var face = 0;
        var nearest = double.NegativeInfinity;
        for (var candidate = 0; candidate < FaceCount; candidate++)
        {
            var nearness = direction.Dot(Centers[candidate]);
            if (nearness > nearest) (face, nearest) = (candidate, nearness);
        }

        var (axisX, axisY) = odd ? OddAxes[face] : EvenAxes[face];
        (x, y) = (direction.Dot(axisX) / nearest, direction.Dot(axisY) / nearest);
        return face;
    }

    /// <summary>The place in space of a place on a face's plane; not on the sphere, but on the ray to it.</summary>
    public static Vector3 Unproject(int face, bool odd, double x, double y)
    {
        var (axisX, axisY) = odd ? OddAxes[face] : EvenAxes[face];
        return Centers[face] + axisX * x + axisY * y;
    }

    /// <summary>The face across the edge that bounds a quadrant.</summary>
    public static int Neighbor(int face, Quadrant quadrant) => Neighbors[face * 3 + (int)quadrant];

    /// <summary>Faces around the poles meet their neighbours otherwise than the ten of the belt.</summary>
    public static bool IsPolar(int face) => face is < 5 or >= 15;

    /// <summary>
    /// Where a straight line of the grid from one face's plane to the next crosses the edge between them: the planes are thought
    /// unfolded. Null when it does so at one of its ends.
    /// </summary>
    public static Vector3? CrossEdge((int Face, Vector3 Place) from, (int Face, Vector3 Place) to)
    {
        const double AtEnd = 1e-6; // of the line's length
        var across = Centers[from.Face] - Centers[to.Face];
        var (before, after) = (Math.Abs(across.Dot(from.Place)), Math.Abs(across.Dot(to.Place)));
        var share = before / (before + after);
        if (!(share > AtEnd && share < 1 - AtEnd)) return null;

        // The line through space cuts under the fold: along the edge it is right, away from the sphere's centre it is not.
        var chord = from.Place + (to.Place - from.Place) * share;
        var middle = (Centers[from.Face] + Centers[to.Face]).Normalize();
        return chord + middle * (1 / middle.Dot(Centers[from.Face]) - chord.Dot(middle));
    }

    private static (Vector3 X, Vector3 Y) Axes((double Longitude, double Latitude, double Azimuth) place, double turn)
    {
        var (sinLatitude, cosLatitude) = Math.SinCos(place.Latitude);
        var (sinLongitude, cosLongitude) = Math.SinCos(place.Longitude);
        var north = new Vector3(-sinLatitude * cosLongitude, -sinLatitude * sinLongitude, cosLatitude);
        var east = new Vector3(-sinLongitude, cosLongitude, 0);
        // Azimuths run clockwise, the turn of axes counterclockwise.
        var (sin, cos) = Math.SinCos(place.Azimuth - turn);
        return (north * cos + east * sin, north * sin - east * cos);
    }
}

/// <summary>Sides of a face, by the axes between which one leaves it.</summary>
internal enum Quadrant
{
    IJ = 0,
    KI = 1,
    JK = 2,
}
