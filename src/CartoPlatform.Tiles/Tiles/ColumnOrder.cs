namespace CartoPlatform.Tiles;

/// <summary>Holds the callers of an encoder to its protocol: one row at a time, columns ascending.</summary>
internal sealed class ColumnOrder
{
    private const int Outside = int.MaxValue;

    private int _columnCount;
    private int _last = Outside;

    public void Reset(IReadOnlyList<TileColumn> columns)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (!names.Add(column.Name))
                throw new ArgumentException($"The column \"{column.Name}\" is there twice.", nameof(columns));
        }

        _columnCount = columns.Count;
        _last = Outside;
    }

    public void CheckOutside()
    {
        if (_last != Outside) throw new InvalidOperationException("The feature before has not been ended.");
    }

    public void Begin() => _last = -1;

    public void Add(int column)
    {
        if (column <= _last) throw OutOfOrder(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, _columnCount);
        _last = column;
    }

    public void End()
    {
        if (_last == Outside) throw NoFeature();
        _last = Outside;
    }

    private InvalidOperationException OutOfOrder(int column) =>
        _last == Outside ? NoFeature() : new($"Column {column} comes after column {_last}.");

    private static InvalidOperationException NoFeature() => new("No feature has been begun.");
}
