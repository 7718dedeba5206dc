namespace CartoPlatform.Tiles.Cells;

/// <summary>The way down from the coarsest cells to those of a polygon: what lies within is taken whole, what lies outside is left.</summary>
internal sealed class CoverSearch(CoveredPolygon polygon, CellScheme scheme, int resolution, CancellationToken cancellationToken)
{
    private readonly List<CellRange> _ranges = [];
    private readonly long[] _children = new long[7];

    /// <param name="mode">Which cells along the border count.</param>
    /// <param name="finest">Where the way ends, if not before for too many of them.</param>
    public IReadOnlyList<CellRange> Run(CellCoverMode mode, int finest)
    {
        var border = Sort(scheme.Roots());
        for (var level = 0; level < finest; level++)
        {
            var known = _ranges.Count;
            var finer = Sort(border.SelectMany(Children));
            if (finer.Count > CellCover.MaxBorderCells)
            {
                _ranges.RemoveRange(known, _ranges.Count - known);
                break;
            }

            border = finer;
        }

        foreach (var cell in border)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (polygon.Takes(scheme, cell, mode)) Take(cell);
        }

        return _ranges;
    }

    /// <summary>Takes the cells within, and gives those of which it is not known; too many if there are more than count.</summary>
    private List<long> Sort(IEnumerable<long> cells)
    {
        var border = new List<long>();
        foreach (var cell in cells)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var relation = polygon.Relate(CellArea.Around(scheme, cell));
            if (relation == BoxRelation.Inside) Take(cell);
            else if (relation == BoxRelation.Border) border.Add(cell);
            if (border.Count > CellCover.MaxBorderCells) break;
        }

        return border;
    }

    private IEnumerable<long> Children(long parent)
    {
        var count = scheme.Children(parent, _children);
        for (var child = 0; child < count; child++) yield return _children[child];
    }

    private void Take(long cell)
    {
        var (first, last) = scheme.Descendants(cell, resolution);
        _ranges.Add(new CellRange(first, last));
    }
}
