using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>All rows of a tile at once, wherever they come from.</summary>
internal interface ITileRows : IDisposable
{
    /// <summary>Pushes all rows into an encoder, or what comes before it, as far as there is room.</summary>
    /// <returns>Rows that were left out for their geometry, or because there was no room.</returns>
    long PushInto(ITileFeatures target, IReadOnlyList<TileProperty> properties, Func<bool> hasRoom);
}
