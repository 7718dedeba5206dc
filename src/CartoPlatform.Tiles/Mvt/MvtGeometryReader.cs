using System.Buffers;
using System.Buffers.Binary;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>From the commands of a feature to well-known binary in metres of Web Mercator, which every encoder takes.</summary>
public static class MvtGeometryReader
{
    private const int Points = 1, Lines = 2, Polygons = 3;
    private const byte LittleEndian = 1;
    private const uint SridFlag = 0x20000000, WebMercatorSrid = 3857;
    private const uint WkbPoint = 1, WkbLineString = 2, WkbPolygon = 3, WkbMultiPoint = 4, WkbMultiLineString = 5, WkbMultiPolygon = 6;

    /// <returns>Null for a feature of unknown kind, or without a part that can be drawn.</returns>
    /// <exception cref="TileFormatException">The commands are broken.</exception>
    public static byte[]? ToEwkb(DecodedFeature feature, TileAddress tile, int extent)
    {
        var parts = ReadParts(feature.Commands);
        var box = tile.MercatorBounds;
        var writer = new Writer(box.West, box.North, box.Width / extent, box.Height / extent);
        return feature.Type switch
        {
            Points => writer.Points([.. parts.SelectMany(part => part)]),
            Lines => writer.Lines([.. parts.Where(part => part.Count > 1)]),
            Polygons => writer.Polygons(parts),
            _ => null,
        };
    }

    private static List<List<(long X, long Y)>> ReadParts(IReadOnlyList<uint> commands)
    {
        var parts = new List<List<(long X, long Y)>>();
        var (x, y) = (0L, 0L);
        for (var at = 0; at < commands.Count;)
        {
            var (command, count) = (commands[at] & 7, commands[at] >> 3);
            at++;
            if (command == MvtFields.ClosePath) continue;
            if (command is not (MvtFields.MoveTo or MvtFields.LineTo)) throw new TileFormatException("A geometry has an unknown command.");
            if (count > (commands.Count - at) / 2) throw new TileFormatException("A geometry is cut off.");
            for (var vertex = 0; vertex < count; vertex++, at += 2)
            {
                x += Varint.UnZigZag(commands[at]);
                y += Varint.UnZigZag(commands[at + 1]);
                if (command == MvtFields.MoveTo) parts.Add([]);
                if (parts.Count == 0) throw new TileFormatException("A line begins nowhere.");
                parts[^1].Add((x, y));
            }
        }

        return parts;
    }

    private sealed class Writer(double west, double north, double unitX, double unitY)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public byte[]? Points(IReadOnlyList<(long X, long Y)> points)
        {
            if (points.Count == 0) return null;
            Begin(WkbMultiPoint, points.Count);
            foreach (var point in points)
            {
                Header(WkbPoint);
                Vertex(point);
            }

            return _bytes.WrittenSpan.ToArray();
        }

        public byte[]? Lines(IReadOnlyList<List<(long X, long Y)>> lines)
        {
            if (lines.Count == 0) return null;
            Begin(WkbMultiLineString, lines.Count);
            foreach (var line in lines)
            {
                Header(WkbLineString);
                Ring(line, isClosed: false);
            }

            return _bytes.WrittenSpan.ToArray();
        }

        // A ring turned the way of the first one begins a polygon, the others are its holes (specification, 4.3.4.4).
        public byte[]? Polygons(IReadOnlyList<List<(long X, long Y)>> rings)
        {
            var polygons = new List<List<List<(long X, long Y)>>>();
            var outer = 0;
            foreach (var ring in rings.Where(ring => ring.Count > 2))
            {
                var turn = Int128.Sign(Area(ring));
                if (turn == 0) continue;
                if (outer == 0) outer = turn;
                if (turn == outer) polygons.Add([]);
                polygons[^1].Add(ring);
            }

            if (polygons.Count == 0) return null;
            Begin(WkbMultiPolygon, polygons.Count);
            foreach (var polygon in polygons)
            {
                Header(WkbPolygon);
                Write((uint)polygon.Count);
                foreach (var ring in polygon) Ring(ring, isClosed: true);
            }

            return _bytes.WrittenSpan.ToArray();
        }

        private static Int128 Area(List<(long X, long Y)> ring)
        {
            Int128 sum = 0;
            for (var i = 0; i < ring.Count; i++)
            {
                var (a, b) = (ring[i], ring[(i + 1) % ring.Count]);
                sum += (Int128)a.X * b.Y - (Int128)b.X * a.Y;
            }

            return sum;
        }

        private void Begin(uint type, int count)
        {
            _bytes.Write([LittleEndian]);
            Write(type | SridFlag);
            Write(WebMercatorSrid);
            Write((uint)count);
        }

        private void Header(uint type)
        {
            _bytes.Write([LittleEndian]);
            Write(type);
        }

        private void Ring(List<(long X, long Y)> ring, bool isClosed)
        {
            Write((uint)(ring.Count + (isClosed ? 1 : 0)));
            foreach (var vertex in ring) Vertex(vertex);
            if (isClosed) Vertex(ring[0]);
        }

        private void Vertex((long X, long Y) place)
        {
            Span<byte> bytes = stackalloc byte[2 * sizeof(double)];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, west + place.X * unitX);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[sizeof(double)..], north - place.Y * unitY);
            _bytes.Write(bytes);
        }

        private void Write(uint value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            _bytes.Write(bytes);
        }
    }
}
