namespace CartoPlatform.Tilesets.Writing;

/// <summary>A tile that is finished, before compression.</summary>
/// <param name="Zoom">Or resolution of its cell.</param>
/// <param name="Place">Column and row; null for H3.</param>
/// <param name="Cell">Of cells, the one that names it.</param>
/// <param name="Bytes">Its content.</param>
internal readonly record struct StagedTile(int Zoom, (int X, int Y)? Place, long? Cell, ReadOnlyMemory<byte> Bytes);
