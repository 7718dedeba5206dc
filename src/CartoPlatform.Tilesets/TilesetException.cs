namespace CartoPlatform.Tilesets;

/// <summary>A tileset that cannot be made as it was asked for; the message is a sentence for the caller.</summary>
public sealed class TilesetException(string message) : Exception(message);
