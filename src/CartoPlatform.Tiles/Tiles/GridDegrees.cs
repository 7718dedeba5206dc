using System.Buffers;

namespace CartoPlatform.Tiles;

/// <summary>Degrees of the lines of a grid. Each latitude is computed once, when it is first asked for.</summary>
internal sealed class GridDegrees : IDisposable
{
    private double[] _latitudes = [];
    private TileGrid _grid;

    public GridDegrees(TileGrid grid) => Reset(grid);

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_grid))]
    public void Reset(TileGrid grid)
    {
        _grid = grid;
        var count = grid.Extent + 2 * grid.Buffer + 1;
        if (_latitudes.Length < count)
        {
            Dispose();
            _latitudes = ArrayPool<double>.Shared.Rent(count);
        }

        _latitudes.AsSpan(0, count).Fill(double.NaN);
    }

    public double Longitude(int x) =>
        WebMercator.Longitude((_grid.Address.X + (double)x / _grid.Extent) / _grid.Address.Span);

    public double Latitude(int y)
    {
        ref var latitude = ref _latitudes[y + _grid.Buffer];
        if (double.IsNaN(latitude))
            latitude = WebMercator.Latitude((_grid.Address.Y + (double)y / _grid.Extent) / _grid.Address.Span);
        return latitude;
    }

    public void Dispose()
    {
        if (_latitudes.Length > 0) ArrayPool<double>.Shared.Return(_latitudes);
        _latitudes = [];
    }
}
