namespace CartoPlatform.Tiles;

/// <summary>An attribute of the features of a tile. The kind matters to formats that keep numbers apart from texts.</summary>
public sealed record TileColumn(string Name, TileColumnKind Kind);
