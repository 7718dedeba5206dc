using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>A finished tile.</summary>
/// <param name="Bytes">Empty when nothing is in it.</param>
/// <param name="ContentType">Media type of the bytes.</param>
/// <param name="Features">Rows in the tile.</param>
/// <param name="Dropped">Rows that belong to it and were left out to keep its budget, or because their geometry cannot be read.</param>
internal sealed record RenderedTile(ReadOnlyMemory<byte> Bytes, string ContentType, int Features, long Dropped) : IDisposable
{
    /// <summary>Rows that another feature stands for, and counts in its density.</summary>
    public long Thinned { get; init; }

    /// <summary>Vertices that were left out because nobody would see them.</summary>
    public long Simplified { get; private init; }

    /// <summary>The share of the rows that was looked at, where it was not all of them: numbers of rows are estimates then.</summary>
    public double? Sampled { get; init; }

    /// <summary>Whether there will be a better one of the same data soon.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Whether its rows were kept with the versions that the source was read with: then they are of no other.</summary>
    public bool IsOfReading { get; init; }

    public static RenderedTile Empty { get; } = new(default, "", 0, 0);

    // What the bytes stand in, where that goes back to a pool.
    private PooledBytes? Buffer { get; init; }

    public static RenderedTile Of(ITileEncoder encoder, long dropped)
    {
        if (encoder.FeatureCount == 0) return Empty with { ContentType = encoder.ContentType, Dropped = dropped };
        var buffer = new PooledBytes(encoder.Length);
        encoder.WriteTo(buffer);
        return new RenderedTile(buffer.Written, encoder.ContentType, encoder.FeatureCount, dropped) { Buffer = buffer, Simplified = encoder.RemovedVertices };
    }

    /// <summary>Ends the use of the bytes.</summary>
    public void Dispose() => Buffer?.Dispose();
}
