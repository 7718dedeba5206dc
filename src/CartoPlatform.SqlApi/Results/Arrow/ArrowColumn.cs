using Apache.Arrow;
using Apache.Arrow.Types;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>The values of a column that gather for the next record batch.</summary>
internal abstract class ArrowColumn(IArrowType type)
{
    private readonly ArrowBuffer.BitmapBuilder _isThere = new();

    public IArrowType Type => type;

    /// <summary>A value in PostgreSQL's binary form.</summary>
    public void Append(ReadOnlySpan<byte> value) => _isThere.Append(TryAppendValue(value) || AppendEmpty());

    public void AppendNull() => _isThere.Append(AppendEmpty());

    /// <summary>What has gathered; the next batch begins empty.</summary>
    public IArrowArray Take()
    {
        var data = new ArrayData(type, _isThere.Length, _isThere.UnsetBitCount, 0, [_isThere.Build(), .. TakeBuffers()]);
        _isThere.Clear();
        return ArrowArrayFactory.BuildArray(data);
    }

    /// <returns>False for a value that this type cannot tell; then nothing was appended.</returns>
    protected abstract bool TryAppendValue(ReadOnlySpan<byte> value);

    /// <summary>What stands where there is no value.</summary>
    /// <returns>False.</returns>
    protected abstract bool AppendEmpty();

    protected abstract ArrowBuffer[] TakeBuffers();
}
