using Apache.Arrow;
using Apache.Arrow.Types;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>Reads a value of PostgreSQL's binary form; null for one that has no counterpart.</summary>
internal delegate T? FixedValue<T>(ReadOnlySpan<byte> value)
    where T : struct;

/// <summary>Numbers, dates and times: values of one size.</summary>
internal sealed class FixedColumn<T>(IArrowType type, FixedValue<T> read) : ArrowColumn(type)
    where T : struct
{
    private readonly ArrowBuffer.Builder<T> _values = new();

    protected override bool TryAppendValue(ReadOnlySpan<byte> value)
    {
        if (read(value) is not { } one) return false;
        _values.Append(one);
        return true;
    }

    protected override bool AppendEmpty()
    {
        _values.Append(default(T));
        return false;
    }

    protected override ArrowBuffer[] TakeBuffers()
    {
        var values = _values.Build();
        _values.Clear();
        return [values];
    }
}
