using System.Buffers;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>
/// CARTO's properties tile (contract, section 4.6): the attributes of another tile's features, in the order of their global ids. Texts
/// are joined by their key, and are there once for each; numbers are found by the place of the feature.
/// </summary>
public sealed class PropertiesTileEncoder : ITileAttributes, IDisposable
{
    public const string MediaType = "application/vnd.carto-properties-tile";

    private const int Properties = 1, NumericProps = 2, Packed = 1;

    private readonly CartoAttributes _attributes = new();
    private readonly PooledList<double> _numbers = new(); // by feature, then by column
    private readonly ProtobufBuffer _properties = new();

    public PropertiesTileEncoder(IReadOnlyList<TileColumn> columns) => _attributes.Reset(columns);

    public int FeatureCount { get; private set; }

    public void BeginFeature()
    {
        _attributes.CheckOutside();
        _attributes.Begin(FeatureCount, null);
    }

    public void Add(int column, ReadOnlySpan<byte> utf8) => _attributes.Add(column, utf8);

    public void Add(int column, long value) => _attributes.Add(column, value);

    public void Add(int column, double value) => _attributes.Add(column, value);

    public void Add(int column, float value) => _attributes.Add(column, value);

    public void Add(int column, bool value) => _attributes.Add(column, value);

    /// <param name="withTexts">False where the feature's key was there before: its texts are known.</param>
    public void EndFeature(bool withTexts)
    {
        _attributes.End();
        _numbers.AddRange(_attributes.Row.Numbers.Items);
        if (withTexts) _properties.WriteField(Properties, _attributes.Row.Properties.Bytes);
        FeatureCount++;
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        var writer = new ProtobufOutput(output);
        writer.WriteRaw(_properties.Bytes);
        var columns = _attributes.NumericColumns;
        var bytes = FeatureCount * sizeof(double);
        foreach (var column in columns)
        {
            writer.WriteHeader(NumericProps, column.EntryLength(FeatureCount));
            writer.WriteRaw(column.KeyField);
            writer.WriteHeader(CartoTileFields.Value, ProtobufBuffer.FieldLength(bytes));
            writer.WriteHeader(Packed, bytes);
            for (var at = column.Index; at < _numbers.Count; at += columns.Count) writer.WriteDoubles(_numbers[at], 1);
        }
    }

    public void Dispose()
    {
        _attributes.Dispose();
        _numbers.Dispose();
        _properties.Dispose();
    }
}
