using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>A tile that may be made of rows in memory.</summary>
/// <param name="Address">Which.</param>
/// <param name="Box">How the database would find its rows.</param>
/// <param name="IsThinned">Whether its rows may come in any order.</param>
/// <param name="MostRows">How many it may have, or where they are thinned, look at.</param>
internal sealed record WarmTile(TileAddress Address, TileBox Box, bool IsThinned, long MostRows);
