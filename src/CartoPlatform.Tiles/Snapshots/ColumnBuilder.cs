using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Collects the values of one attribute in the order that rows come in.</summary>
internal abstract class ColumnBuilder
{
    private readonly Chunks<ulong> _present = new();
    private ulong _bits;
    private bool _hasNulls;

    public int Count { get; private set; }

    /// <summary>What it takes in memory, about.</summary>
    public abstract long Bytes { get; }

    public void AddNull()
    {
        AddDefault();
        _hasNulls = true;
        Note(0);
    }

    /// <summary>The values in another order; the builder is of no use then.</summary>
    public SnapshotColumn Build(ReadOnlySpan<int> order, SpareChunks spare) => Build(order, spare, _hasNulls ? Present(order) : null);

    protected void Note() => Note(1);

    protected abstract void AddDefault();

    protected abstract SnapshotColumn Build(ReadOnlySpan<int> order, SpareChunks spare, ulong[]? present);

    private void Note(ulong bit)
    {
        _bits |= bit << Count;
        Count++;
        if ((Count & 63) != 0) return;
        _present.Add(_bits);
        _bits = 0;
    }

    private ulong[] Present(ReadOnlySpan<int> order)
    {
        var present = new ulong[(order.Length + 63) >> 6];
        for (var i = 0; i < order.Length; i++)
        {
            var word = order[i] >> 6 < _present.Count ? _present[order[i] >> 6] : _bits;
            if ((word & (1UL << order[i])) != 0) present[i >> 6] |= 1UL << i;
        }

        return present;
    }
}

internal sealed class IntegerColumnBuilder : ColumnBuilder
{
    private readonly Chunks<long> _values = new();
    private bool _areShort = true;

    public override long Bytes => Count * (long)sizeof(long);

    public void Add(long value)
    {
        _values.Add(value);
        _areShort &= value is >= int.MinValue and <= int.MaxValue;
        Note();
    }

    protected override void AddDefault() => _values.Add(0);

    protected override SnapshotColumn Build(ReadOnlySpan<int> order, SpareChunks spare, ulong[]? present) => _areShort
        ? new ShortIntegerColumn(_values.Permute(order, spare, value => (int)value), present)
        : new IntegerColumn(_values.Permute(order, spare), present);
}

/// <summary>Values that stay as they are.</summary>
/// <param name="create">Makes the column of the values and of the bits that tell which are no nulls.</param>
internal sealed class PlainColumnBuilder<T>(Func<Chunks<T>, ulong[]?, SnapshotColumn> create) : ColumnBuilder
    where T : unmanaged
{
    private readonly Chunks<T> _values = new();

    public override long Bytes => Count * (long)Unsafe.SizeOf<T>();

    public void Add(T value)
    {
        _values.Add(value);
        Note();
    }

    protected override void AddDefault() => _values.Add(default);

    protected override SnapshotColumn Build(ReadOnlySpan<int> order, SpareChunks spare, ulong[]? present) => create(_values.Permute(order, spare), present);
}
