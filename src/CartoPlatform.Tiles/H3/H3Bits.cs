namespace CartoPlatform.Tiles.H3;

/// <summary>
/// The layout of an index: mode 1 in bits 62 to 59, resolution in 55 to 52, base cell in 51 to 45, then fifteen digits of three
/// bits, coarse ones first; digits finer than the resolution are 7.
/// </summary>
internal static class H3Bits
{
    public const int MaxResolution = 15;
    public const ulong Mode = 1ul << 59;
    public const int ResolutionShift = 52;
    public const int BaseCellShift = 45;
    public const ulong Digits = (1ul << BaseCellShift) - 1;

    /// <summary>The direction in which pentagons have no child.</summary>
    public const int DigitK = 1;

    private const int InvalidDigit = 7;

    // By digit, after a sixth of a turn counterclockwise or clockwise.
    private static ReadOnlySpan<byte> Turned => [0, 5, 3, 1, 6, 4, 2, 7];

    private static ReadOnlySpan<byte> TurnedClockwise => [0, 3, 6, 2, 5, 1, 4, 7];

    public static int Resolution(ulong index) => (int)(index >> ResolutionShift) & 15;

    public static int BaseCell(ulong index) => (int)(index >> BaseCellShift) & 127;

    public static int Digit(ulong index, int resolution) => (int)(index >> Shift(resolution)) & InvalidDigit;

    /// <summary>The bits of all digits finer than a resolution.</summary>
    public static ulong Finer(int resolution) => (1ul << Shift(resolution)) - 1;

    public static ulong Place(int digit, int resolution) => (ulong)digit << Shift(resolution);

    /// <summary>The coarsest digit that is not 0; 0 when there is none up to the resolution.</summary>
    public static int LeadingDigit(ulong digits, int resolution)
    {
        var used = digits & Digits & ~Finer(resolution);
        if (used == 0) return 0;
        var top = System.Numerics.BitOperations.Log2(used);
        return (int)(used >> (top - top % 3));
    }

    /// <summary>All digits up to a resolution after a sixth of a turn.</summary>
    public static ulong Turn(ulong digits, int resolution, bool clockwise = false)
    {
        var turned = digits & ~(Digits & ~Finer(resolution));
        var table = clockwise ? TurnedClockwise : Turned;
        for (var r = 1; r <= resolution; r++) turned |= Place(table[Digit(digits, r)], r);
        return turned;
    }

    /// <summary>As <see cref="Turn"/>, in a pentagon: a place that would fall into the missing sector goes on into the next.</summary>
    public static ulong TurnPentagon(ulong digits, int resolution)
    {
        var turned = Turn(digits, resolution);
        return LeadingDigit(turned, resolution) == DigitK ? Turn(turned, resolution) : turned;
    }

    private static int Shift(int resolution) => 3 * (MaxResolution - resolution);
}
