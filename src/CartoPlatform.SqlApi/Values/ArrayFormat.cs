using System.Buffers.Binary;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// Arrays, nested by their dimensions; lower bounds are not told. Binary form (32 bits each): dimensions, a flag, the element's oid;
/// length and lower bound of each dimension; then the elements, each after its length, -1 for null.
/// </summary>
internal sealed class ArrayFormat(ValueFormat element)
{
    private const int HeaderBytes = 12;
    private const int DimensionBytes = 8;

    public void Write(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var dimensions = BinaryPrimitives.ReadInt32BigEndian(value);
        if (dimensions == 0)
        {
            output.Write("[]"u8);
            return;
        }

        var elements = value[(HeaderBytes + (dimensions * DimensionBytes))..];
        WriteDimension(value.Slice(HeaderBytes, dimensions * DimensionBytes), ref elements, output);
    }

    private void WriteDimension(ReadOnlySpan<byte> dimensions, ref ReadOnlySpan<byte> elements, Utf8Buffer output)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(dimensions);
        var inner = dimensions[DimensionBytes..];
        var separator = (byte)'[';
        for (var index = 0; index < length; index++)
        {
            output.Write(separator);
            separator = (byte)',';
            if (inner.IsEmpty) WriteElement(ref elements, output);
            else WriteDimension(inner, ref elements, output);
        }

        output.Write((byte)']');
    }

    private void WriteElement(ref ReadOnlySpan<byte> elements, Utf8Buffer output)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(elements);
        elements = elements[sizeof(int)..];
        if (length < 0)
        {
            output.Write("null"u8);
            return;
        }

        element(elements[..length], output);
        elements = elements[length..];
    }
}
