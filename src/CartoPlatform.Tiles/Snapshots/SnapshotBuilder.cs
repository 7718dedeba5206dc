namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Makes a snapshot of rows that are pushed into it like into an encoder; rows that no tile shows are left out.</summary>
public abstract class SnapshotBuilder : ITileFeatures, IDisposable
{
    private readonly ColumnBuilder[] _columns;
    private int _next; // column of the row at hand

    /// <param name="columns">What the values of each attribute are.</param>
    private protected SnapshotBuilder(IEnumerable<SnapshotValueKind> columns) => _columns = [.. columns.Select(Create)];

    /// <summary>False as soon as a row has come that no snapshot can hold: what follows is not taken.</summary>
    public bool CanHold { get; private protected set; } = true;

    public abstract int Count { get; }

    /// <summary>What it takes in memory, about.</summary>
    public long Bytes => GeometryBytes + _columns.Sum(column => column.Bytes);

    private protected abstract long GeometryBytes { get; }

    /// <inheritdoc/>
    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        if (!CanHold || !TryTake(ewkb)) return false;
        _next = 0;
        return true;
    }

    /// <inheritdoc/>
    public void Add(int column, ReadOnlySpan<byte> utf8) => At<TextColumnBuilder>(column).Add(utf8);

    /// <inheritdoc/>
    public void Add(int column, long value) => At<IntegerColumnBuilder>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, double value) => At<PlainColumnBuilder<double>>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, float value) => At<PlainColumnBuilder<float>>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, bool value) => At<PlainColumnBuilder<bool>>(column).Add(value);

    /// <inheritdoc/>
    public void EndFeature() => FillTo(_columns.Length);

    /// <summary>The snapshot, for which the rows are given up.</summary>
    public LayerSnapshot Build() => CanHold ? BuildAll() : throw new InvalidOperationException("Not all rows could be taken.");

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Takes a geometry; false where there is nothing to draw, or it cannot be held.</summary>
    private protected abstract bool TryTake(ReadOnlySpan<byte> ewkb);

    private protected abstract LayerSnapshot BuildAll();

    private protected SnapshotColumn[] BuildColumns(int[] order, SpareChunks spare) => Array.ConvertAll(_columns, column => column.Build(order, spare));

    private static ColumnBuilder Create(SnapshotValueKind values) => values switch
    {
        SnapshotValueKind.Integer => new IntegerColumnBuilder(),
        SnapshotValueKind.Double => new PlainColumnBuilder<double>((values, present) => new DoubleColumn(values, present)),
        SnapshotValueKind.Single => new PlainColumnBuilder<float>((values, present) => new SingleColumn(values, present)),
        SnapshotValueKind.Boolean => new PlainColumnBuilder<bool>((values, present) => new BooleanColumn(values, present)),
        _ => new TextColumnBuilder(),
    };

    private T At<T>(int column)
        where T : ColumnBuilder
    {
        FillTo(column);
        _next = column + 1;
        return (T)_columns[column];
    }

    private void FillTo(int column)
    {
        for (; _next < column; _next++) _columns[_next].AddNull();
    }
}

/// <summary>What the values of an attribute are.</summary>
public enum SnapshotValueKind
{
    Integer,
    Double,
    Single,
    Boolean,
    Text,
}
