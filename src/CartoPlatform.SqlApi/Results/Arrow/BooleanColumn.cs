using Apache.Arrow;
using Apache.Arrow.Types;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>Truth values, a bit each.</summary>
internal sealed class BooleanColumn() : ArrowColumn(BooleanType.Default)
{
    private readonly ArrowBuffer.BitmapBuilder _values = new();

    protected override bool TryAppendValue(ReadOnlySpan<byte> value)
    {
        _values.Append(value[0] != 0);
        return true;
    }

    protected override bool AppendEmpty()
    {
        _values.Append(false);
        return false;
    }

    protected override ArrowBuffer[] TakeBuffers()
    {
        var values = _values.Build();
        _values.Clear();
        return [values];
    }
}
