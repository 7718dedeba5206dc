namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>One decoded geometry group of a CARTO vector tile. Index lists that a group has not are empty.</summary>
internal sealed record CartoGroup(
    double[] Positions,
    uint[] PathIndices,
    uint[] GlobalFeatureIds,
    uint[] FeatureIds,
    uint[] RingIndices,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Properties,
    IReadOnlyDictionary<string, double[]> NumericProps,
    ulong[] Ids);
