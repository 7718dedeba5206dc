using System.Globalization;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>How finely tiles are drawn: the grid has 1024 times as many cells per side of a tile (contract, section 2.1).</summary>
internal readonly record struct TileResolution
{
    private const int CellsPerUnit = 1024;

    private static readonly double[] Allowed = [0.25, 0.5, 1, 2, 4];

    private TileResolution(double value) => Value = value;

    public static TileResolution Default { get; } = new(0.5);

    public double Value { get; }

    /// <summary>Cells of the grid per side of a tile; the extent of an MVT layer.</summary>
    public int Extent => (int)(Value * CellsPerUnit);

    public string Text => Value.ToString(CultureInfo.InvariantCulture);

    public static TileResolution? Parse(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Allowed.Contains(value)
            ? new TileResolution(value)
            : null;
}
