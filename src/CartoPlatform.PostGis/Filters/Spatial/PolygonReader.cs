using System.Text.Json;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>From GeoJSON to rings. The first thing wrong is the <see cref="Error"/>.</summary>
internal sealed class PolygonReader
{
    /// <summary>More than anybody draws; the outline of a country has some thousands.</summary>
    private const int MaxPositions = 100_000;

    // Viewports that were not folded back reach one turn beyond the world on either side.
    private const double MaxLongitude = 540;
    private const double MaxLatitude = 90;

    private int _positions;

    public string? Error { get; private set; }

    public IReadOnlyList<IReadOnlyList<IReadOnlyList<Position>>> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("coordinates", out var coordinates) || coordinates.ValueKind != JsonValueKind.Array)
        {
            Fail("A spatial filter must be a GeoJSON Polygon or MultiPolygon");
            return [];
        }

        if (type.ValueEquals("Polygon")) return ReadAll([coordinates]);
        if (type.ValueEquals("MultiPolygon")) return ReadAll(coordinates.EnumerateArray());
        Fail("A spatial filter must be a GeoJSON Polygon or MultiPolygon");
        return [];
    }

    private List<IReadOnlyList<IReadOnlyList<Position>>> ReadAll(IEnumerable<JsonElement> polygons)
    {
        var read = new List<IReadOnlyList<IReadOnlyList<Position>>>();
        foreach (var polygon in polygons)
        {
            if (polygon.ValueKind != JsonValueKind.Array) Fail("A polygon of a spatial filter must be an array of rings");
            else if (polygon.GetArrayLength() > 0) read.Add([.. polygon.EnumerateArray().Select(ReadRing)]);
            if (Error is not null) return [];
        }

        if (CrossingLimit.IsExceeded(read)) Fail("A spatial filter crosses itself, or overlaps itself, too often to be repaired: simplify it");
        return read;
    }

    private List<Position> ReadRing(JsonElement json)
    {
        var ring = new List<Position>();
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() < 3)
        {
            Fail("A ring of a spatial filter must be an array of at least three positions");
            return ring;
        }

        if ((_positions += json.GetArrayLength()) > MaxPositions)
        {
            Fail($"A spatial filter has more than {MaxPositions} positions");
            return ring;
        }

        foreach (var position in json.EnumerateArray()) ring.Add(ReadPosition(position));
        if (ring[0] != ring[^1]) ring.Add(ring[0]);
        // PostGIS wants four positions of a ring, however little lies in it.
        while (ring.Count < 4) ring.Add(ring[0]);
        return ring;
    }

    private Position ReadPosition(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() >= 2
            && TryRead(json[0], MaxLongitude, out var longitude) && TryRead(json[1], MaxLatitude, out var latitude))
            return new Position(longitude, latitude);
        Fail("A position of a spatial filter must be longitude and latitude in degrees");
        return default;
    }

    private static bool TryRead(JsonElement json, double limit, out double degrees)
    {
        degrees = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out degrees) && Math.Abs(degrees) <= limit;
    }

    private void Fail(string error) => Error ??= error;
}
