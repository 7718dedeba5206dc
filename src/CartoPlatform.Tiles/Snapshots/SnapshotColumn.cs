namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The values of one attribute, by row.</summary>
internal abstract class SnapshotColumn(ulong[]? present)
{
    /// <summary>What it takes in memory.</summary>
    public long Bytes => ValueBytes + (present?.Length ?? 0) * sizeof(ulong);

    protected abstract long ValueBytes { get; }

    /// <summary>Gives the value of a row, if it has one.</summary>
    public void Push(int row, int column, ITileAttributes target)
    {
        if (present is null || (present[row >> 6] & (1UL << row)) != 0) PushValue(row, column, target);
    }

    /// <summary>Rows that stand together will be asked for soon.</summary>
    public abstract void Prefetch(int start, int count);

    protected abstract void PushValue(int row, int column, ITileAttributes target);
}

internal sealed class IntegerColumn(Chunks<long> values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Bytes;

    public override void Prefetch(int start, int count) => values.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class ShortIntegerColumn(Chunks<int> values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Bytes;

    public override void Prefetch(int start, int count) => values.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, (long)values[row]);
}

internal sealed class DoubleColumn(Chunks<double> values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Bytes;

    public override void Prefetch(int start, int count) => values.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class SingleColumn(Chunks<float> values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Bytes;

    public override void Prefetch(int start, int count) => values.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class BooleanColumn(Chunks<bool> values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Bytes;

    public override void Prefetch(int start, int count) => values.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

/// <summary>Texts that many rows share.</summary>
internal sealed class CodedTextColumn(Chunks<ushort> codes, byte[][] texts, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => codes.Bytes + texts.Sum(text => 24L + text.Length);

    public override void Prefetch(int start, int count) => codes.Prefetch(start, count);

    protected override void PushValue(int row, int column, ITileAttributes target)
    {
        var code = codes[row];
        target.Add(column, texts[code], code);
    }
}

/// <summary>Texts of their own: one behind the other, each with its end.</summary>
internal sealed class TextColumn(int[] ends, byte[] texts, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => ends.Length * (long)sizeof(int) + texts.Length;

    public override void Prefetch(int start, int count)
    {
        if (count == 0) return;
        ProcessorCache.Prefetch<int>(ends.AsSpan(start, count));
        ProcessorCache.Prefetch<byte>(texts.AsSpan(StartOf(start)..ends[start + count - 1]));
    }

    protected override void PushValue(int row, int column, ITileAttributes target)
    {
        var start = StartOf(row);
        target.Add(column, texts.AsSpan(start, ends[row] - start));
    }

    private int StartOf(int row) => row == 0 ? 0 : ends[row - 1];
}
