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

    protected abstract void PushValue(int row, int column, ITileAttributes target);
}

internal sealed class IntegerColumn(long[] values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Length * (long)sizeof(long);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class ShortIntegerColumn(int[] values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Length * (long)sizeof(int);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, (long)values[row]);
}

internal sealed class DoubleColumn(double[] values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Length * (long)sizeof(double);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class SingleColumn(float[] values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Length * (long)sizeof(float);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

internal sealed class BooleanColumn(bool[] values, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => values.Length;

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, values[row]);
}

/// <summary>Texts that many rows share.</summary>
internal sealed class CodedTextColumn(ushort[] codes, byte[][] texts, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => codes.Length * (long)sizeof(ushort) + texts.Sum(text => 24L + text.Length);

    protected override void PushValue(int row, int column, ITileAttributes target) => target.Add(column, texts[codes[row]], codes[row]);
}

/// <summary>Texts of their own: one behind the other, each with its end.</summary>
internal sealed class TextColumn(int[] ends, byte[] texts, ulong[]? present) : SnapshotColumn(present)
{
    protected override long ValueBytes => ends.Length * (long)sizeof(int) + texts.Length;

    protected override void PushValue(int row, int column, ITileAttributes target)
    {
        var start = row == 0 ? 0 : ends[row - 1];
        target.Add(column, texts.AsSpan(start, ends[row] - start));
    }
}
