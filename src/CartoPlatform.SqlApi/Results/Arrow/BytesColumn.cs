using Apache.Arrow;
using Apache.Arrow.Types;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>Texts and bytes: values of any size, one behind the other.</summary>
internal sealed class BytesColumn(IArrowType type, ValueFormat write) : ArrowColumn(type), IDisposable
{
    private readonly ArrowBuffer.Builder<int> _offsets = new ArrowBuffer.Builder<int>().Append(0);
    private readonly Utf8Buffer _bytes = new(1_024);

    public void Dispose() => _bytes.Dispose();

    protected override bool TryAppendValue(ReadOnlySpan<byte> value)
    {
        write(value, _bytes);
        _offsets.Append(_bytes.Length);
        return true;
    }

    protected override bool AppendEmpty()
    {
        _offsets.Append(_bytes.Length);
        return false;
    }

    protected override ArrowBuffer[] TakeBuffers()
    {
        var (offsets, bytes) = (_offsets.Build(), new ArrowBuffer(_bytes.Written.ToArray()));
        _offsets.Clear().Append(0);
        _bytes.Clear();
        return [offsets, bytes];
    }
}
