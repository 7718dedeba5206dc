namespace CartoPlatform.MapsApi.Tiles;

/// <summary>A tile that cannot be made within its limits; the message is a sentence for the caller.</summary>
internal sealed class TileTooLargeException(string message) : Exception(message);
