using System.Buffers;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tilesets.Plans;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>
/// Makes one vector tile of features in the order of their importance. Beyond the budget the rest is left out: what is in a tile depends
/// on the data alone.
/// </summary>
internal sealed class FeatureTileRenderer(TilesetPlan plan, IReadOnlyList<TileColumn> columns) : IDisposable
{
    // 64 of 4096: outlines of neighbouring tiles overlap instead of showing the cut.
    private const int BufferShare = 64;

    private MvtEncoder? _encoder;

    /// <summary>The share of a tile's side by which features beyond it are drawn.</summary>
    public static double Margin => 1.0 / BufferShare;

    /// <returns>The tile, empty when nothing is in it; features that belong to it, and those of them that were left out.</returns>
    public (ReadOnlyMemory<byte> Bytes, long All, long Dropped) Render(TileAddress tile, IReadOnlyList<TileFeature> features)
    {
        // Points have no margin: each is in exactly one tile.
        var grid = new TileGrid(tile, plan.Extent, features.All(feature => feature.IsPoint) ? 0 : plan.Extent / BufferShare);
        var (all, dropped, isTooLong) = Encode(grid, features, plan.MaxTileFeatures);
        // The feature that went beyond the bytes cannot be taken back: once more, up to it.
        if (isTooLong) (all, dropped, _) = Encode(grid, features, _encoder!.FeatureCount - 1);

        var encoder = _encoder!;
        if (encoder.FeatureCount == 0) return (default, all, dropped);
        var output = new ArrayBufferWriter<byte>(encoder.Length);
        encoder.WriteTo(output);
        return (output.WrittenMemory, all, dropped);
    }

    public void Dispose() => _encoder?.Dispose();

    /// <returns>Also whether the last feature went beyond the bytes; what comes after it was not looked at then.</returns>
    private (long All, long Dropped, bool IsTooLong) Encode(TileGrid grid, IReadOnlyList<TileFeature> features, int limit)
    {
        _encoder ??= new MvtEncoder(grid, columns);
        var encoder = _encoder;
        encoder.Reset(grid, columns);
        var (all, dropped) = (0L, 0L);
        foreach (var feature in features)
        {
            if (encoder.FeatureCount >= limit)
            {
                // What is left out counts where it surely belongs to the tile.
                if (!feature.Meets(grid.Address, 0)) continue;
                (all, dropped) = (all + 1, dropped + 1);
                continue;
            }

            if (!Begin(encoder, feature))
            {
                if (feature.Vanishes(grid.Address, grid.Extent) && !feature.IsPoint) (all, dropped) = (all + 1, dropped + 1);
                continue;
            }

            RowValues.Push(feature.Values, encoder);
            encoder.EndFeature();
            all++;
            if (encoder.Length > plan.MaxTileBytes) return (all, dropped, true);
        }

        return (all, dropped, false);
    }

    private static bool Begin(MvtEncoder encoder, TileFeature feature)
    {
        try
        {
            return encoder.BeginFeature(feature.Ewkb, feature.Id);
        }
        catch (WkbException)
        {
            return false;
        }
    }
}
