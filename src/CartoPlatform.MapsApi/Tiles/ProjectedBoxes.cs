using System.Collections.Concurrent;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// Boxes of tiles in reference systems that only PROJ knows. Large tiles reach far beyond the area that a system is made for, where
/// PROJ fails or answers nonsense. For them the world is cut into cells once for each system, and the boxes of those cells count that
/// PROJ can reach.
/// </summary>
internal sealed class ProjectedBoxes : IDisposable
{
    private const int MaxEntries = 20_000;

    private const double CellWidth = 22.5;
    private const double CellHeight = 18;

    // Share of a tile's width by which the way there and back may miss.
    private const double Tolerance = 1e-3;

    private const string Sql = """
        SELECT ST_XMin(t), ST_YMin(t), ST_XMax(t), ST_YMax(t), ST_HausdorffDistance(ST_Transform(t, 4326), g)
        FROM (SELECT g, ST_Transform(g, $5) AS t
              FROM (VALUES (ST_Segmentize(ST_ExteriorRing(ST_MakeEnvelope($1, $2, $3, $4, 4326)), greatest($3 - $1, $4 - $2) / 32))) AS v(g)) AS w
        """;

    private readonly ConcurrentDictionary<(Guid Connection, int Srid, Bounds Degrees), Bounds?> _boxes = new();
    private readonly ConcurrentDictionary<(Guid Connection, int Srid), IReadOnlyList<Cell>> _cells = new();
    private readonly SemaphoreSlim _surveying = new(1);

    /// <summary>The box that holds whatever lies in these degrees; null where the system cannot express anything there.</summary>
    public async ValueTask<Bounds?> FindAsync(DatabasePool pool, int srid, Bounds degrees, CancellationToken cancellationToken)
    {
        var key = (pool.Record.Id, srid, degrees);
        if (_boxes.TryGetValue(key, out var known)) return known;

        var (box, error) = await TransformAsync(pool, srid, degrees, cancellationToken);
        if (error > Tolerance * degrees.Width)
            box = Union((await SurveyAsync(pool, srid, cancellationToken)).Where(cell => Overlap(cell.Degrees, degrees)).Select(cell => cell.Box));
        if (_boxes.Count >= MaxEntries) _boxes.Clear();
        return _boxes[key] = box;
    }

    public void Dispose() => _surveying.Dispose();

    private async Task<IReadOnlyList<Cell>> SurveyAsync(DatabasePool pool, int srid, CancellationToken cancellationToken)
    {
        var key = (pool.Record.Id, srid);
        if (_cells.TryGetValue(key, out var known)) return known;

        await _surveying.WaitAsync(cancellationToken);
        try
        {
            if (_cells.TryGetValue(key, out known)) return known;
            var cells = new List<Cell>();
            for (var west = -180.0; west < 180; west += CellWidth)
            {
                for (var south = -90.0; south < 90; south += CellHeight)
                {
                    var degrees = new Bounds(west, south, west + CellWidth, south + CellHeight);
                    if ((await TransformAsync(pool, srid, degrees, cancellationToken)).Box is { } box) cells.Add(new Cell(degrees, box));
                }
            }

            return _cells[key] = cells;
        }
        finally
        {
            _surveying.Release();
        }
    }

    // A command on the pool each time: Npgsql closes a connection on which PostGIS has reported an error.
    private static async Task<(Bounds? Box, double Error)> TransformAsync(DatabasePool pool, int srid, Bounds degrees, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(Sql);
        foreach (var value in (object[])[degrees.West, degrees.South, degrees.East, degrees.North, srid])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var box = new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
            return double.IsFinite(box.Width) && double.IsFinite(box.Height) ? (box, reader.GetDouble(4)) : (null, double.PositiveInfinity);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InternalError)
        {
            return (null, double.PositiveInfinity);
        }
    }

    private static bool Overlap(Bounds a, Bounds b) => a.West <= b.East && b.West <= a.East && a.South <= b.North && b.South <= a.North;

    private static Bounds? Union(IEnumerable<Bounds> boxes) =>
        boxes.Aggregate((Bounds?)null, (union, box) => union is not { } known
            ? box
            : new Bounds(Math.Min(known.West, box.West), Math.Min(known.South, box.South), Math.Max(known.East, box.East), Math.Max(known.North, box.North)));

    private sealed record Cell(Bounds Degrees, Bounds Box);
}
