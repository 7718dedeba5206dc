namespace CartoPlatform.Tiles.Mvt;

/// <summary>A layer of a Mapbox vector tile as it was read.</summary>
/// <param name="Name">The layer's.</param>
/// <param name="Extent">Units per side of the tile.</param>
/// <param name="Keys">Names of attributes.</param>
/// <param name="Values">Their values: string, double, float, long, ulong or bool.</param>
/// <param name="Features">In the order of the tile.</param>
public sealed record DecodedLayer(string Name, int Extent, IReadOnlyList<string> Keys, IReadOnlyList<object> Values, IReadOnlyList<DecodedFeature> Features);

/// <summary>A feature as it was read.</summary>
/// <param name="Id">Null where there is none.</param>
/// <param name="Type">Kind of geometry: 1 points, 2 lines, 3 polygons; others are unknown.</param>
/// <param name="Tags">Pairs of indices into keys and values, all within range.</param>
/// <param name="Commands">The geometry, still as commands.</param>
public sealed record DecodedFeature(ulong? Id, int Type, IReadOnlyList<(int Key, int Value)> Tags, IReadOnlyList<uint> Commands);
