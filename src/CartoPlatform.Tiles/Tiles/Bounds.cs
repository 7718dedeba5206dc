namespace CartoPlatform.Tiles;

/// <summary>An axis-parallel box, in the units of whoever hands it out (metres or degrees).</summary>
public readonly record struct Bounds(double West, double South, double East, double North)
{
    public double Width => East - West;

    public double Height => North - South;
}
