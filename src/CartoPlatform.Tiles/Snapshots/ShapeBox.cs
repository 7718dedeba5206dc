namespace CartoPlatform.Tiles.Snapshots;

/// <summary>A box as PostGIS keeps it in front of a geometry: single precision, rounded outwards. What two of them have in common is what <c>&amp;&amp;</c> tells.</summary>
internal readonly record struct ShapeBox(float West, float South, float East, float North)
{
    public static ShapeBox Empty { get; } = new(float.PositiveInfinity, float.PositiveInfinity, float.NegativeInfinity, float.NegativeInfinity);

    public double Width => (double)East - West;

    public double Height => (double)North - South;

    public static ShapeBox Of(Bounds box) => new(Below(box.West), Below(box.South), Above(box.East), Above(box.North));

    public bool Meets(in ShapeBox other) => West <= other.East && East >= other.West && South <= other.North && North >= other.South;

    public ShapeBox With(in ShapeBox other) =>
        new(Math.Min(West, other.West), Math.Min(South, other.South), Math.Max(East, other.East), Math.Max(North, other.North));

    private static float Below(double value) => (float)value is var single && single <= value ? single : MathF.BitDecrement((float)value);

    private static float Above(double value) => (float)value is var single && single >= value ? single : MathF.BitIncrement((float)value);
}
