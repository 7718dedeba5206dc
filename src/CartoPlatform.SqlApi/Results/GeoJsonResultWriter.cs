using System.Buffers;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>A GeoJSON feature collection: the first geometry column is the features' geometry (null without one), all others are properties.</summary>
internal sealed class GeoJsonResultWriter : IResultWriter
{
    private readonly ArrayBufferWriter<byte> _geometry = new();
    private byte[][] _keys = [];
    private IReadOnlyList<ResultColumn> _columns = [];
    private int _geometryColumn = -1;
    private bool _hasRows;

    public string ContentType => "application/geo+json; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = columns;
        _geometryColumn = columns.ToList().FindIndex(column => column.Field.Type == FieldType.Geometry);
        _keys = [.. columns.Select(column => (byte[])[.. column.JsonName, (byte)':'])];
        output.Write("{\"type\":\"FeatureCollection\",\"features\":["u8);
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        output.Write(_hasRows ? ",{\"type\":\"Feature\",\"properties\":{"u8 : "{\"type\":\"Feature\",\"properties\":{"u8);
        _hasRows = true;
        _geometry.ResetWrittenCount();
        WriteProperties(row, output);
        output.Write("},\"geometry\":"u8);
        if (_geometry.WrittenCount > 0) _columns[_geometryColumn].Format(_geometry.WrittenSpan, output);
        else output.Write("null"u8);
        output.Write((byte)'}');
    }

    public void End(Utf8Buffer output) => output.Write("]}"u8);

    // Values come once and in order, so a geometry between properties is kept aside.
    private void WriteProperties(ResultRow row, Utf8Buffer output)
    {
        var isFirst = true;
        for (var index = 0; index < _columns.Count; index++)
        {
            var hasValue = row.TryGet(index, out var value);
            if (index == _geometryColumn)
            {
                if (hasValue) _geometry.Write(value);
                continue;
            }

            if (!isFirst) output.Write((byte)',');
            isFirst = false;
            output.Write(_keys[index]);
            if (hasValue) _columns[index].Format(value, output);
            else output.Write("null"u8);
        }
    }
}
