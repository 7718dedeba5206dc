namespace CartoPlatform.MapsApi.Tiles;

/// <summary>A tile that is to be made.</summary>
/// <param name="Name">For traces.</param>
/// <param name="Zoom">Its zoom, or the resolution of its cell, for metrics.</param>
/// <param name="RenderAsync">Makes it.</param>
internal sealed record TileJob(string Name, int Zoom, Func<CancellationToken, Task<RenderedTile>> RenderAsync);
