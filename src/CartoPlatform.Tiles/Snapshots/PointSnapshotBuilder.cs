using System.Buffers.Binary;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// Makes a <see cref="PointSnapshot"/> of rows that are pushed into it like into an encoder. Rows without a place on the map are left out, as
/// no tile shows them.
/// </summary>
public sealed class PointSnapshotBuilder : ITileFeatures
{
    // Byte order, type and reference system; x and y.
    private const int HeaderBytes = 9;
    private const int PointBytes = HeaderBytes + 16;

    private const byte LittleEndian = 1;

    private const int Side = 1 << PointSnapshot.KeyZoom;

    private readonly Chunks<double> _xs = new();
    private readonly Chunks<double> _ys = new();
    private readonly ColumnBuilder[] _columns;
    private byte[] _header = [];
    private bool _isMetric;
    private int _next; // column of the row at hand

    /// <param name="columns">What the values of each attribute are.</param>
    public PointSnapshotBuilder(IEnumerable<SnapshotValueKind> columns) => _columns = [.. columns.Select(Create)];

    /// <summary>False as soon as a row has come that no snapshot can hold: what follows is not taken.</summary>
    public bool CanHold { get; private set; } = true;

    public int Count => _xs.Count;

    /// <summary>What it takes in memory, about.</summary>
    public long Bytes => Count * 24L + _columns.Sum(column => column.Bytes);

    /// <inheritdoc/>
    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        if (!CanHold) return false;
        if (_header.Length == 0 && ewkb.Length == PointBytes) Learn(ewkb);
        CanHold = _header.Length > 0 && ewkb.Length == PointBytes && ewkb.StartsWith(_header);
        if (!CanHold) return false;
        var x = BinaryPrimitives.ReadDoubleLittleEndian(ewkb[HeaderBytes..]);
        var y = BinaryPrimitives.ReadDoubleLittleEndian(ewkb[(HeaderBytes + sizeof(double))..]);
        if (!double.IsFinite(x) || !double.IsFinite(y)) return false;
        _xs.Add(x);
        _ys.Add(y);
        _next = 0;
        return true;
    }

    /// <inheritdoc/>
    public void Add(int column, ReadOnlySpan<byte> utf8) => At<TextColumnBuilder>(column).Add(utf8);

    /// <inheritdoc/>
    public void Add(int column, long value) => At<IntegerColumnBuilder>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, double value) => At<PlainColumnBuilder<double>>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, float value) => At<PlainColumnBuilder<float>>(column).Add(value);

    /// <inheritdoc/>
    public void Add(int column, bool value) => At<PlainColumnBuilder<bool>>(column).Add(value);

    /// <inheritdoc/>
    public void EndFeature() => FillTo(_columns.Length);

    public PointSnapshot Build()
    {
        if (!CanHold) throw new InvalidOperationException("Not all rows could be taken.");
        var (keys, order) = (new uint[Count], new int[Count]);
        for (var row = 0; row < keys.Length; row++) (keys[row], order[row]) = (KeyOf(_xs[row], _ys[row]), row);
        Array.Sort(keys, order);
        // What a row was the how manieth of is its rank.
        return new PointSnapshot(keys, order, _xs.Permute(order), _ys.Permute(order), Array.ConvertAll(_columns, column => column.Build(order)), _header);
    }

    private static ColumnBuilder Create(SnapshotValueKind values) => values switch
    {
        SnapshotValueKind.Integer => new IntegerColumnBuilder(),
        SnapshotValueKind.Double => new PlainColumnBuilder<double>((values, present) => new DoubleColumn(values, present)),
        SnapshotValueKind.Single => new PlainColumnBuilder<float>((values, present) => new SingleColumn(values, present)),
        SnapshotValueKind.Boolean => new PlainColumnBuilder<bool>((values, present) => new BooleanColumn(values, present)),
        _ => new TextColumnBuilder(),
    };

    // All rows have to begin as the first one does.
    private void Learn(ReadOnlySpan<byte> ewkb)
    {
        var reader = new WkbReader(ewkb);
        var header = reader.ReadHeader();
        var isPlain = ewkb[0] == LittleEndian && header is { Type: GeometryType.Point, BytesPerCoordinate: 16, Srid: TileProjection.Wgs84Srid or WebMercator.Srid };
        if (isPlain) (_header, _isMetric) = (ewkb[..HeaderBytes].ToArray(), header.Srid == WebMercator.Srid);
    }

    private T At<T>(int column)
        where T : ColumnBuilder
    {
        FillTo(column);
        _next = column + 1;
        return (T)_columns[column];
    }

    private void FillTo(int column)
    {
        for (; _next < column; _next++) _columns[_next].AddNull();
    }

    // As a tile's own coordinates are computed: a power of two makes no difference to that.
    private uint KeyOf(double x, double y)
    {
        var column = Cell(_isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        var row = Cell(_isMetric ? WebMercator.WorldYFromMeters(y) : WebMercator.WorldY(y));
        return (uint)MortonCode.Of(column, row);
    }

    private static int Cell(double world) => (int)Math.Clamp(Math.Floor(world * Side), 0, Side - 1);
}

/// <summary>What the values of an attribute are.</summary>
public enum SnapshotValueKind
{
    Integer,
    Double,
    Single,
    Boolean,
    Text,
}
