using System.Collections.Concurrent;
using System.Security.Cryptography;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>
/// Covers of polygons, of which the last are kept: all the widgets of a page filter by the same one, and to cover a polygon of thousands
/// of corners takes seconds of a processor.
/// </summary>
internal sealed class CellCovers
{
    // A cover has some 20,000 ranges, at the most a few times as many.
    private const int MaxCovers = 32;

    private readonly ConcurrentDictionary<Question, IReadOnlyList<CellRange>> _covers = new();

    /// <inheritdoc cref="CellCover.Find" path="/param"/>
    public IReadOnlyList<CellRange> Find(
        byte[] polygons, CellScheme scheme, int resolution, CellCoverMode mode, int finest, CancellationToken cancellationToken)
    {
        var question = new Question(Convert.ToHexString(SHA256.HashData(polygons)), scheme, resolution, mode, finest);
        if (_covers.TryGetValue(question, out var known)) return known;

        var cover = CellCover.Find(polygons, scheme, resolution, mode, finest, cancellationToken);
        if (_covers.Count >= MaxCovers) _covers.Clear();
        return _covers.GetOrAdd(question, cover);
    }

    private sealed record Question(string Polygons, CellScheme Scheme, int Resolution, CellCoverMode Mode, int Finest);
}
