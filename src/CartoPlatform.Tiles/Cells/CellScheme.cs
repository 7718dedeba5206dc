using CartoPlatform.Tiles.H3;

namespace CartoPlatform.Tiles.Cells;

/// <summary>
/// A system of cells in which each belongs to one cell of every coarser resolution. Both keep the resolution from bit 52 on and a
/// digit for each step below it, unused digits all ones: what needs bits alone is here, and the same in SQL.
/// </summary>
public abstract class CellScheme
{
    public const int ResolutionShift = 52;

    private protected CellScheme()
    {
    }

    public static CellScheme H3 { get; } = new H3Scheme();

    public static CellScheme Quadbin { get; } = new QuadbinScheme();

    /// <summary>As the API calls it.</summary>
    public abstract string Name { get; }

    public abstract int MaxResolution { get; }

    /// <summary>Bits that tell a cell from its siblings.</summary>
    public abstract int DigitBits { get; }

    /// <summary>The bits of the resolution, shifted to the right.</summary>
    public abstract long ResolutionMask { get; }

    /// <summary>The most corners that a cell has.</summary>
    public abstract int MaxCorners { get; }

    public abstract bool IsValid(long cell);

    /// <summary>The cell of a resolution that holds a place of finite degrees.</summary>
    public abstract long FromDegrees(double longitude, double latitude, int resolution);

    public abstract LonLat Center(long cell);

    /// <summary>Writes the corners in order, the first not repeated, and tells how many there are.</summary>
    public abstract int Boundary(long cell, Span<LonLat> corners);

    /// <summary>All cells of resolution 0.</summary>
    public abstract IEnumerable<long> Roots();

    /// <summary>Writes the cells of the next resolution and tells how many there are: up to seven.</summary>
    public abstract int Children(long cell, Span<long> children);

    /// <summary>Hexadecimal, in lower case.</summary>
    public abstract string ToText(long cell);

    /// <summary>Hexadecimal in any case, or decimal.</summary>
    public abstract bool TryParse(ReadOnlySpan<char> text, out long cell);

    public int Resolution(long cell) => (int)((cell >> ResolutionShift) & ResolutionMask);

    /// <summary>The cell of a coarser or the same resolution that this one belongs to.</summary>
    public long Parent(long cell, int resolution)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)resolution, (uint)Resolution(cell), nameof(resolution));
        return WithResolution(cell, resolution) | Finer(resolution);
    }

    /// <summary>
    /// The cells of a finer or the same resolution that belong to a cell are those valid ones from the first to the last.
    /// </summary>
    public (long First, long Last) Descendants(long cell, int resolution)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, Resolution(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resolution, MaxResolution);
        var free = Finer(Resolution(cell)) & ~Finer(resolution);
        var last = WithResolution(cell, resolution);
        return (last & ~free, last);
    }

    /// <summary>The bits of all digits finer than a resolution.</summary>
    public long Finer(int resolution) => (1L << (DigitBits * (MaxResolution - resolution))) - 1;

    private long WithResolution(long cell, int resolution) =>
        (cell & ~(ResolutionMask << ResolutionShift)) | ((long)resolution << ResolutionShift);

    private sealed class H3Scheme : CellScheme
    {
        public override string Name => "h3";

        public override int MaxResolution => H3Cell.MaxResolution;

        public override int DigitBits => 3;

        public override long ResolutionMask => 15;

        public override int MaxCorners => H3Cell.MaxCorners;

        public override bool IsValid(long cell) => H3Cell.IsValid(cell);

        public override long FromDegrees(double longitude, double latitude, int resolution) => H3Cell.FromDegrees(longitude, latitude, resolution);

        public override LonLat Center(long cell) => H3Cell.Center(cell);

        public override int Boundary(long cell, Span<LonLat> corners) => H3Cell.Boundary(cell, corners);

        public override IEnumerable<long> Roots() => H3Cell.Roots();

        public override int Children(long cell, Span<long> children) => H3Cell.Children(cell, children);

        public override string ToText(long cell) => H3Cell.ToText(cell);

        public override bool TryParse(ReadOnlySpan<char> text, out long cell) => H3Cell.TryParse(text, out cell);
    }

    private sealed class QuadbinScheme : CellScheme
    {
        public override string Name => "quadbin";

        public override int MaxResolution => Tiles.Quadbin.MaxZoom;

        public override int DigitBits => 2;

        public override long ResolutionMask => 31;

        public override int MaxCorners => 4;

        public override bool IsValid(long cell) => Tiles.Quadbin.TryGetTile(cell, out _);

        public override long FromDegrees(double longitude, double latitude, int resolution) => Tiles.Quadbin.FromDegrees(longitude, latitude, resolution);

        public override LonLat Center(long cell) => Tiles.Quadbin.Center(cell);

        public override int Boundary(long cell, Span<LonLat> corners) => Tiles.Quadbin.Boundary(cell, corners);

        public override IEnumerable<long> Roots() => [Tiles.Quadbin.FromTile(TileAddress.Create(0, 0, 0))];

        public override int Children(long cell, Span<long> children) => Tiles.Quadbin.Children(cell, children);

        public override string ToText(long cell) => Tiles.Quadbin.ToText(cell);

        public override bool TryParse(ReadOnlySpan<char> text, out long cell) => Tiles.Quadbin.TryParse(text, out cell);
    }
}
