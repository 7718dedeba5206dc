namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>
/// How much a polygon may cross itself. To repair one takes PostGIS a time that grows with the square of its edges where each crosses each, and
/// it cannot be interrupted there. What people draw crosses itself a few times; outlines of neighbours share their edges.
/// </summary>
internal static class CrossingLimit
{
    private const int MaxCrossings = 1_000;

    // Pairs of edges whose extents are compared: a tenth of a second or two. Outlines of 100,000 positions take a tenth of that.
    private const long MaxPairs = 100_000_000;

    public static bool IsExceeded(IReadOnlyList<IReadOnlyList<IReadOnlyList<Position>>> polygons)
    {
        var edges = polygons.SelectMany(rings => rings).SelectMany(EdgesOf).ToArray();
        // By the axis along which fewer of them lie beside each other.
        if (edges.Sum(edge => edge.Width) * HeightOf(edges) > edges.Sum(edge => edge.Height) * WidthOf(edges)) edges = Array.ConvertAll(edges, edge => edge.Turned);
        Array.Sort(edges, (one, other) => one.West.CompareTo(other.West));

        var (crossings, shared, pairs) = (0, 0L, 0L);
        for (var i = 0; i < edges.Length; i++)
        {
            ref readonly var edge = ref edges[i];
            for (var j = i + 1; j < edges.Length && edges[j].West <= edge.East; j++)
            {
                if (++pairs > MaxPairs) return true;
                ref readonly var other = ref edges[j];
                if (other.North < edge.South || other.South > edge.North) continue;
                if (edge.Crosses(other) && ++crossings > MaxCrossings) return true;
                if (edge.LiesOn(other) && ++shared > (2L * edges.Length) + MaxCrossings) return true;
            }
        }

        return false;
    }

    private static IEnumerable<Edge> EdgesOf(IReadOnlyList<Position> ring)
    {
        for (var i = 1; i < ring.Count; i++)
            if (ring[i - 1] != ring[i]) yield return Edge.Of(ring[i - 1], ring[i]);
    }

    private static double WidthOf(Edge[] edges) => edges.Length == 0 ? 0 : edges.Max(edge => edge.East) - edges.Min(edge => edge.West);

    private static double HeightOf(Edge[] edges) => edges.Length == 0 ? 0 : edges.Max(edge => edge.North) - edges.Min(edge => edge.South);

    private readonly record struct Edge(Position A, Position B, double West, double East, double South, double North)
    {
        public double Width => East - West;

        public double Height => North - South;

        public Edge Turned => Of(new Position(A.Latitude, A.Longitude), new Position(B.Latitude, B.Longitude));

        public static Edge Of(Position a, Position b) => new(
            a, b, Math.Min(a.Longitude, b.Longitude), Math.Max(a.Longitude, b.Longitude), Math.Min(a.Latitude, b.Latitude), Math.Max(a.Latitude, b.Latitude));

        /// <summary>In the middle of both.</summary>
        public bool Crosses(in Edge other) => Side(other.A) * Side(other.B) < 0 && other.Side(A) * other.Side(B) < 0;

        /// <summary>They share more than a position.</summary>
        public bool LiesOn(in Edge other) =>
            Side(other.A) == 0 && Side(other.B) == 0
            && (Math.Min(East, other.East) > Math.Max(West, other.West) || Math.Min(North, other.North) > Math.Max(South, other.South));

        private double Side(Position p) => ((B.Longitude - A.Longitude) * (p.Latitude - A.Latitude)) - ((B.Latitude - A.Latitude) * (p.Longitude - A.Longitude));
    }
}
