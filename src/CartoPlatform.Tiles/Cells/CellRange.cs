namespace CartoPlatform.Tiles.Cells;

/// <summary>The cells of one resolution from the first to the last.</summary>
public readonly record struct CellRange(long First, long Last)
{
    /// <summary>Sorted, without overlaps, neighbours joined.</summary>
    /// <param name="ranges">Of cells of one resolution.</param>
    /// <param name="step">From one cell to the next: the place of the last digit.</param>
    public static IReadOnlyList<CellRange> Merge(IEnumerable<CellRange> ranges, long step)
    {
        var merged = new List<CellRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First - merged[^1].Last <= step)
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            else
                merged.Add(range);
        }

        return merged;
    }

    /// <summary>At most so many ranges that hold all of these: the narrowest gaps are closed.</summary>
    /// <param name="ranges">Sorted, as <see cref="Merge"/> gives them.</param>
    /// <param name="count">At least 1.</param>
    public static IReadOnlyList<CellRange> Coarsen(IReadOnlyList<CellRange> ranges, int count)
    {
        if (ranges.Count <= count) return ranges;

        var widest = Enumerable.Range(1, ranges.Count - 1)
            .OrderByDescending(index => ranges[index].First - ranges[index - 1].Last)
            .Take(count - 1)
            .Order()
            .ToList();
        var starts = widest.Prepend(0);
        var ends = widest.Append(ranges.Count);
        return [.. starts.Zip(ends, (start, end) => new CellRange(ranges[start].First, ranges[end - 1].Last))];
    }
}
