namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>A decoded layer.</summary>
internal sealed record MvtLayer(string Name, int Extent, int Version, IReadOnlyList<string> Keys, IReadOnlyList<object> Values, IReadOnlyList<MvtFeature> Features);

/// <summary>A decoded feature; <paramref name="Parts"/> are paths, rings or single points, in tile units.</summary>
internal sealed record MvtFeature(ulong? Id, int Type, IReadOnlyDictionary<string, object> Properties, IReadOnlyList<(int X, int Y)[]> Parts);
