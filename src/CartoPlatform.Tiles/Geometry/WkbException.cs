namespace CartoPlatform.Tiles.Geometry;

/// <summary>The bytes are not EWKB, or hold something that tiles cannot show. The message says what, for the user.</summary>
public sealed class WkbException(string message) : FormatException(message);
