using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// Chooses the sessions that read a tile. A small part of a plain table is always found by its index, so that one plan serves every tile:
/// to make a plan takes as long as to read a small tile. Anything else is planned with its values.
/// </summary>
internal sealed class TileSessions(TimeProvider time)
{
    // Of the table's area. Beyond it, reading the table from end to end may be better.
    private const double SmallPart = 0.1;

    // As PostGIS has it from the planner's statistics.
    private const string ExtentSql = "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM ST_EstimatedExtent($1, $2, $3) AS e";

    private readonly RecentAnswers<Bounds?> _extents = new(TimeSpan.FromMinutes(1), time);

    /// <summary>Runs what reads the tile on a session of the right kind.</summary>
    public async Task<RenderedTile> UseAsync(MapSource source, TileBox box, Func<NpgsqlConnection, Task<RenderedTile>> read, CancellationToken cancellationToken)
    {
        if (await IsSmallPartAsync(source, box, cancellationToken))
        {
            await using var prepared = await source.Pool.Tables.OpenConnectionAsync(cancellationToken);
            return await PreparedStatements.UseAsync(prepared, read);
        }

        await using var connection = await source.Pool.OpenReaderAsync(cancellationToken);
        return await read(connection);
    }

    // Where there are read replicas, rows are theirs.
    private async ValueTask<bool> IsSmallPartAsync(MapSource source, TileBox box, CancellationToken cancellationToken)
    {
        if (source is not { IsWhole: true, Relation: { HasRowAddress: true } relation, Spatial.Column: { Kind: ColumnKind.Geometry } column }
            || box.Values.Length == 0 || source.Pool.Record.ReplicaConnectionStrings.Count > 0) return false;

        var record = source.Pool.Record;
        var key = $"{record.Id}/{record.Revision}/{relation.Oid}/{column.Name}";
        var extent = await _extents.FindAsync(key, () => ReadAsync(source, [relation.Schema, relation.Name, column.Name], cancellationToken), _ => true);
        return extent is { } all && ShareOf(all, box) < SmallPart;
    }

    private static double ShareOf(Bounds all, TileBox box)
    {
        var width = Math.Min(all.East, (double)box.Values[2]) - Math.Max(all.West, (double)box.Values[0]);
        var height = Math.Min(all.North, (double)box.Values[3]) - Math.Max(all.South, (double)box.Values[1]);
        return width <= 0 || height <= 0 ? 0 : width * height / (all.Width * all.Height);
    }

    private static async ValueTask<Bounds?> ReadAsync(MapSource source, string[] names, CancellationToken cancellationToken)
    {
        await using var command = source.Pool.Reader.CreateCommand(ExtentSql);
        foreach (var name in names) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken) || await reader.IsDBNullAsync(0, cancellationToken)) return null;
            var extent = new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
            return extent.Width * extent.Height > 0 ? extent : null;
        }
        catch (PostgresException)
        {
            // Never analysed, or not for this login to know.
            return null;
        }
    }
}
