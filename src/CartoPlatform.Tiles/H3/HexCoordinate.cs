namespace CartoPlatform.Tiles.H3;

/// <summary>
/// A cell of the hexagonal grid on a face's plane: steps along the i and j axes, which stand at 120 degrees. What the
/// specification writes as ijk+ with three axes is the same place after taking the smallest component off all three.
/// </summary>
internal readonly record struct HexCoordinate(int I, int J)
{
    // By digit: centre, k, j, jk, i, ik, ij.
    private static readonly HexCoordinate[] Steps = [new(0, 0), new(-1, -1), new(0, 1), new(-1, 0), new(1, 0), new(0, -1), new(1, 1)];

    // By step, (I + 1) * 3 + J + 1; 7 where no digit leads.
    private static ReadOnlySpan<byte> Digits => [1, 3, 7, 5, 0, 2, 7, 4, 6];

    /// <summary>The smallest of the three components of ijk, which ijk+ takes off.</summary>
    private int Least => Math.Min(0, Math.Min(I, J));

    /// <summary>The components of ijk+, none of them negative and one of them 0.</summary>
    public (int I, int J, int K) Components => (I - Least, J - Least, -Least);

    public static HexCoordinate Step(int digit) => Steps[digit];

    /// <summary>The digit of a child, whose coordinate is this one relative to its parent's centre.</summary>
    public int ToDigit() => Digits[(I + 1) * 3 + J + 1];

    /// <summary>The cell around a place of the plane, whose x axis is the i axis.</summary>
    public static HexCoordinate FromPlane(double x, double y)
    {
        var j = y / Sin60;
        var i = x + j / 2;
        var third = j - i; // the three differences of components sum up to 0, and are rounded so that they still do
        var (roundI, roundJ, roundThird) = (Math.Round(i), Math.Round(j), Math.Round(third));
        var (offI, offJ, offThird) = (Math.Abs(roundI - i), Math.Abs(roundJ - j), Math.Abs(roundThird - third));
        if (offI > offJ && offI > offThird) roundI = roundJ - roundThird;
        else if (offJ > offThird) roundJ = roundI + roundThird;
        return new HexCoordinate((int)roundI, (int)roundJ);
    }

    /// <summary>The centre on the plane.</summary>
    public (double X, double Y) ToPlane() => (I - J / 2.0, J * Sin60);

    public HexCoordinate Rotate60() => new(I - J, I);

    public HexCoordinate Rotate60Clockwise() => new(J, J - I);

    /// <summary>The parent's coordinate in the grid one resolution coarser, which is turned clockwise (of odd resolutions) or back.</summary>
    public HexCoordinate ToParent(bool odd) =>
        odd ? new(RoundSeventh(3 * I - J), RoundSeventh(I + 2 * J)) : new(RoundSeventh(2 * I + J), RoundSeventh(3 * J - I));

    /// <summary>The coordinate of the centre child, in the grid of an odd or even resolution.</summary>
    public HexCoordinate ToCenterChild(bool odd) => odd ? new(2 * I + J, 3 * J - I) : new(3 * I - J, I + 2 * J);

    /// <summary>The same place in the grid of a third of the spacing in both turns: there the corners of cells are coordinates too.</summary>
    public HexCoordinate ToCorners() => new(3 * I, 3 * J);

    public static HexCoordinate operator +(HexCoordinate a, HexCoordinate b) => new(a.I + b.I, a.J + b.J);

    public static HexCoordinate operator -(HexCoordinate a, HexCoordinate b) => new(a.I - b.I, a.J - b.J);

    public static HexCoordinate operator *(HexCoordinate a, int factor) => new(a.I * factor, a.J * factor);

    private const double Sin60 = 0.86602540378443864676;

    // To the nearest: sevenths have no ties.
    private static int RoundSeventh(int sevenths) => (int)Math.Floor((sevenths + 3) / 7.0);
}
