using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>Writes the commands of MVT 2.1 section 4.3: a cursor that moves by zigzag steps.</summary>
internal static class MvtGeometryWriter
{
    // A step of 32 bits takes five bytes at most, on each axis; a command as well.
    private const int MaxPointLength = 10;
    private const int MaxCommandLength = 5;

    public const int MaxSinglePointLength = 1 + MaxPointLength;

    /// <summary>Writes a point alone, which most are, to the start of a span, and returns how many bytes it took.</summary>
    public static int WritePoint(Span<byte> target, GridPoint point)
    {
        target[0] = MvtFields.MoveTo | (1 << 3);
        var length = 1 + Varint.Write(target[1..], Varint.ZigZag(point.X));
        return length + Varint.Write(target[length..], Varint.ZigZag(point.Y));
    }

    public static void WritePoints(ProtobufBuffer output, ReadOnlySpan<GridPoint> points)
    {
        var writer = new Cursor(output, MaxCommandLength + points.Length * MaxPointLength);
        writer.Command(MvtFields.MoveTo, points.Length);
        foreach (var point in points) writer.Move(point);
        writer.Close();
    }

    public static void WriteLines(ProtobufBuffer output, LineSet lines)
    {
        var writer = new Cursor(output, lines.Count * 2 * MaxCommandLength + lines.Vertices.Length * MaxPointLength);
        for (var i = 0; i < lines.Count; i++) writer.Path(lines[i]);
        writer.Close();
    }

    public static void WritePolygons(ProtobufBuffer output, RingSet polygons)
    {
        var writer = new Cursor(output, polygons.Rings.Length * 3 * MaxCommandLength + polygons.Vertices.Length * MaxPointLength);
        foreach (ref readonly var ring in polygons.Rings)
        {
            writer.Path(polygons[ring]);
            writer.Command(MvtFields.ClosePath, 1);
        }

        writer.Close();
    }

    private ref struct Cursor
    {
        private readonly ProtobufBuffer _output;
        private readonly int _start;
        private readonly Span<byte> _target;
        private int _length;
        private GridPoint _position;

        public Cursor(ProtobufBuffer output, int maxLength)
        {
            _output = output;
            _start = output.Length;
            _target = output.Extend(maxLength);
        }

        public void Command(int command, int count) => Write((uint)(command | (count << 3)));

        public void Path(ReadOnlySpan<GridPoint> vertices)
        {
            Command(MvtFields.MoveTo, 1);
            Move(vertices[0]);
            Command(MvtFields.LineTo, vertices.Length - 1);
            foreach (var vertex in vertices[1..]) Move(vertex);
        }

        public void Move(GridPoint to)
        {
            Write(Varint.ZigZag(to.X - _position.X));
            Write(Varint.ZigZag(to.Y - _position.Y));
            _position = to;
        }

        public readonly void Close() => _output.Truncate(_start + _length);

        private void Write(uint value) => _length += Varint.Write(_target[_length..], value);
    }
}
