using System.Globalization;

namespace CartoPlatform.Tiles.H3;

/// <summary>
/// H3's hexagonal cells (version 4 of the published algorithm), as the 64-bit integers that databases store. Nothing is allocated.
/// </summary>
public static class H3Cell
{
    public const int MaxResolution = H3Bits.MaxResolution;

    /// <summary>Room for the corners of a cell: ten of a pentagon, whose five edges may each cross an edge of the icosahedron.</summary>
    public const int MaxCorners = 10;

    // Bits 63 to 56: no sign, mode of cells, nothing reserved.
    private const ulong HeaderMask = 0xFF00000000000000;
    private const ulong LowestBitOfDigits = 0b001_001_001_001_001_001_001_001_001_001_001_001_001_001_001;

    // By resolution: cells to the length of a plane that touches the sphere.
    private static readonly double[] Scales = [.. Enumerable.Range(0, MaxResolution + 1).Select(r => Math.Pow(7, r / 2.0) / Icosahedron.UnitLength)];

    /// <summary>The cell of a resolution that holds a place. Longitudes may go round; NaN and infinities have no cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such resolution or place.</exception>
    public static long FromDegrees(double longitude, double latitude, int resolution)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)resolution, (uint)MaxResolution, nameof(resolution));
        if (!double.IsFinite(longitude)) throw new ArgumentOutOfRangeException(nameof(longitude));
        if (!double.IsFinite(latitude)) throw new ArgumentOutOfRangeException(nameof(latitude));

        var direction = Vector3.FromRadians(double.DegreesToRadians(longitude), double.DegreesToRadians(latitude));
        var face = Icosahedron.Project(direction, (resolution & 1) == 1, out var x, out var y);
        var coordinate = HexCoordinate.FromPlane(x * Scales[resolution], y * Scales[resolution]);
        return FromFace(face, coordinate, resolution);
    }

    /// <summary>Whether a number is the index of a cell.</summary>
    public static bool IsValid(long cell)
    {
        var index = (ulong)cell;
        if ((index & HeaderMask) != H3Bits.Mode || H3Bits.BaseCell(index) >= BaseCells.Count) return false;
        var finer = H3Bits.Finer(Resolution(cell));
        if ((index & finer) != finer) return false;
        var sevens = index & (index >> 1) & (index >> 2) & LowestBitOfDigits & ~finer;
        return sevens == 0
            && !(BaseCells.IsPentagon(H3Bits.BaseCell(index)) && H3Bits.LeadingDigit(index, Resolution(cell)) == H3Bits.DigitK);
    }

    /// <summary>0 to 15. This and what follows take valid cells.</summary>
    public static int Resolution(long cell) => H3Bits.Resolution((ulong)cell);

    /// <summary>Whether it has five neighbours: the cells around the icosahedron's corners.</summary>
    public static bool IsPentagon(long cell) =>
        BaseCells.IsPentagon(H3Bits.BaseCell((ulong)cell)) && H3Bits.LeadingDigit((ulong)cell, Resolution(cell)) == 0;

    /// <summary>The cell's child in the middle, of a finer or the same resolution.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is coarser than the cell's, or over 15.</exception>
    public static long CenterChild(long cell, int resolution)
    {
        var own = Resolution(cell);
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, own);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resolution, MaxResolution);
        var index = ((ulong)cell & ~(15ul << H3Bits.ResolutionShift)) | ((ulong)resolution << H3Bits.ResolutionShift);
        return (long)(index & ~(H3Bits.Finer(own) & ~H3Bits.Finer(resolution)));
    }

    /// <summary>The seven children, or six of a pentagon.</summary>
    /// <returns>How many were written.</returns>
    public static int Children(long cell, Span<long> children)
    {
        var resolution = Resolution(cell) + 1;
        var first = (ulong)CenterChild(cell, resolution);
        var count = 0;
        for (var digit = 0; digit < 7; digit++)
        {
            if (digit == H3Bits.DigitK && IsPentagon(cell)) continue;
            children[count++] = (long)(first | H3Bits.Place(digit, resolution));
        }

        return count;
    }

    /// <summary>The 122 cells of resolution 0.</summary>
    public static IEnumerable<long> Roots() =>
        Enumerable.Range(0, BaseCells.Count).Select(cell => (long)(H3Bits.Mode | ((ulong)cell << H3Bits.BaseCellShift) | H3Bits.Digits));

    public static LonLat Center(long cell) => FaceOf(cell).ToSpace(Resolution(cell)).ToDegrees();

    /// <summary>The corners, counterclockwise, the first not repeated.</summary>
    /// <param name="cell">A valid cell.</param>
    /// <param name="corners">Room for <see cref="MaxCorners"/>.</param>
    /// <returns>How many were written.</returns>
    public static int Boundary(long cell, Span<LonLat> corners) => CellOutline.Write(FaceOf(cell), Resolution(cell), IsPentagon(cell), corners);

    /// <summary>Lower-case hexadecimal without leading zeros, as h3-js writes it.</summary>
    public static string ToText(long cell) => cell.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Hexadecimal in any case, or decimal. Text of 15 or 16 characters is hexadecimal; cells in decimal have 18.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long cell)
    {
        var parsed = text.Length is 15 or 16
            ? long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out cell)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cell);
        return parsed && IsValid(cell);
    }

    // From the finest digit to the coarsest, then the base cell, then from the face's axes to those of the base cell.
    private static long FromFace(int face, HexCoordinate coordinate, int resolution)
    {
        var digits = H3Bits.Finer(resolution);
        for (var r = resolution; r > 0; r--)
        {
            var odd = (r & 1) == 1;
            var parent = coordinate.ToParent(odd);
            digits |= H3Bits.Place((coordinate - parent.ToCenterChild(odd)).ToDigit(), r);
            coordinate = parent;
        }

        var (cell, turns) = BaseCells.Find(face, coordinate);
        var pentagon = BaseCells.IsPentagon(cell);
        if (pentagon && H3Bits.LeadingDigit(digits, resolution) == H3Bits.DigitK)
            digits = H3Bits.Turn(digits, resolution, BaseCells.TurnsClockwise(cell, face));
        for (var turn = 0; turn < turns; turn++)
            digits = pentagon ? H3Bits.TurnPentagon(digits, resolution) : H3Bits.Turn(digits, resolution);
        return (long)(H3Bits.Mode | ((ulong)resolution << H3Bits.ResolutionShift) | ((ulong)cell << H3Bits.BaseCellShift) | digits);
    }

    private static FaceCoordinate FaceOf(long cell)
    {
        const int SectorI = 4, SectorIK = 5;
        var (index, resolution) = ((ulong)cell, Resolution(cell));
        var pentagon = BaseCells.IsPentagon(H3Bits.BaseCell(index));
        if (pentagon && H3Bits.LeadingDigit(index, resolution) == SectorIK) index = H3Bits.Turn(index, resolution, clockwise: true);
        var (face, coordinate) = BaseCells.Home(H3Bits.BaseCell(index));
        for (var r = 1; r <= resolution; r++)
            coordinate = coordinate.ToCenterChild((r & 1) == 1) + HexCoordinate.Step(H3Bits.Digit(index, r));

        var place = new FaceCoordinate(face, coordinate);
        return OnItsFace(place, resolution, pentagon, pentagon && H3Bits.LeadingDigit(index, resolution) == SectorI);
    }

    // Edges of faces are lines of the even grids.
    private static FaceCoordinate OnItsFace(FaceCoordinate place, int resolution, bool pentagon, bool skipsSector)
    {
        var odd = (resolution & 1) == 1;
        var even = odd ? place with { Coordinate = place.Coordinate.ToCenterChild(odd: false) } : place;
        var reach = CellOutline.Reach(odd ? resolution + 1 : resolution);
        if (even.CrossEdge(reach, skipsSector) is not { } crossed) return place;
        while (pentagon && crossed.CrossEdge(reach) is { } further) crossed = further;
        return odd ? crossed with { Coordinate = crossed.Coordinate.ToParent(odd: false) } : crossed;
    }
}
