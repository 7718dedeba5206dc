namespace CartoPlatform.Tiles;

/// <summary>Bytes that are not a tile of the format they are read as.</summary>
public sealed class TileFormatException(string message) : Exception(message);
