namespace CartoPlatform.Tiles.Thinning;

/// <summary>What of a tile of points may be kept.</summary>
/// <param name="Features">How many.</param>
/// <param name="Bytes">How large the encoded tile may become, and about what the rows take meanwhile.</param>
public sealed record ThinningBudget(int Features, int Bytes);

/// <summary>What became of the rows of a tile that are not features of it.</summary>
/// <param name="Thinned">Another stands for them.</param>
/// <param name="Dropped">They are left out, with the cells that they are in.</param>
public sealed record ThinnedTile(long Thinned, long Dropped);
