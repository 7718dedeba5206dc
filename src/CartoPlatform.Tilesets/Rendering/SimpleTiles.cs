using System.Runtime.CompilerServices;
using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Snapshots;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>
/// Features as they are, from the world down. An area with more features than fit into memory makes one tile of the most important ones,
/// and then its four quarters; one with fewer is read once, and all tiles below it are made of what was read.
/// </summary>
internal sealed class SimpleTiles(TilesetPlan plan, FeatureSnapshot snapshot, string table) : ITileSource
{
    // Whichever is reached first.
    private const int MaxFeatures = 50_000;
    private const long MaxBytes = 96L * 1_024 * 1_024;

    private readonly TileColumn[] _columns = [.. snapshot.Values.Select(value => value.ToColumn())];
    private readonly int _maxZoom = plan.MaxZoom ?? plan.MinZoom;

    public async Task RenderAsync(
        NpgsqlConnection reader, Func<string, bool> isDone, Func<string, IAsyncEnumerable<StagedTile>, ZoomCounts, Task> write, Action<double> progress,
        CancellationToken cancellationToken)
    {
        using var renderer = new FeatureTileRenderer(plan, _columns);
        var pending = new Stack<(TileAddress Tile, double Share)>([(TileAddress.Create(0, 0, 0), 1.0)]);
        var finished = 0.0;
        while (pending.TryPop(out var next))
        {
            var (tile, share) = next;
            var (below, single) = ($"{tile}+", $"{tile}");
            if (!isDone(below))
            {
                if (!isDone(single))
                {
                    var (features, isAll) = await ReadAsync(reader, tile, cancellationToken);
                    var counts = new ZoomCounts();
                    await write(isAll ? below : single, isAll ? Below(renderer, tile, features, counts) : One(reader, renderer, tile, features, counts, cancellationToken), counts);
                }

                if (!isDone(below) && tile.Z < _maxZoom)
                {
                    for (var child = 0; child < 4; child++) pending.Push((tile.Child(child & 1, child >> 1), share / 4));
                    continue;
                }
            }

            progress(finished += share);
        }
    }

    private async IAsyncEnumerable<StagedTile> Below(FeatureTileRenderer renderer, TileAddress top, IReadOnlyList<TileFeature> features, ZoomCounts counts)
    {
        var pending = new Stack<(TileAddress Tile, IReadOnlyList<TileFeature> Features)>([(top, features)]);
        while (pending.TryPop(out var next))
        {
            var (tile, all) = next;
            if (all.Count == 0) continue;
            if (tile.Z >= plan.MinZoom && Render(renderer, tile, all, counts) is { Bytes.IsEmpty: false } made) yield return made;
            if (tile.Z == _maxZoom) continue;
            for (var child = 0; child < 4; child++)
            {
                var quarter = tile.Child(child & 1, child >> 1);
                pending.Push((quarter, [.. all.Where(feature => feature.Meets(quarter, FeatureTileRenderer.Margin))]));
            }
        }

        // Nothing of it waits: the tiles are handed on as they are made.
        await Task.CompletedTask;
    }

    private async IAsyncEnumerable<StagedTile> One(
        NpgsqlConnection reader, FeatureTileRenderer renderer, TileAddress tile, IReadOnlyList<TileFeature> features, ZoomCounts counts,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (tile.Z < plan.MinZoom) yield break;
        var made = Render(renderer, tile, features, counts);
        var unread = await CountAsync(reader, tile, cancellationToken) - features.Count;
        counts.Add(tile.Z, unread, unread);
        if (!made.Bytes.IsEmpty) yield return made;
    }

    private static StagedTile Render(FeatureTileRenderer renderer, TileAddress tile, IReadOnlyList<TileFeature> features, ZoomCounts counts)
    {
        var (bytes, all, dropped) = renderer.Render(tile, features);
        counts.Add(tile.Z, all, dropped);
        return new StagedTile(tile.Z, (tile.X, tile.Y), null, bytes);
    }

    private async Task<(IReadOnlyList<TileFeature> Features, bool IsAll)> ReadAsync(NpgsqlConnection connection, TileAddress tile, CancellationToken cancellationToken)
    {
        var values = string.Concat(Enumerable.Range(0, snapshot.Values.Count).Select(index => $", {FeatureSnapshot.Column(index)}"));
        await using var command = CreateCommand(
            connection,
            $"""
            SELECT {FeatureSnapshot.Id}, {FeatureSnapshot.Geometry}::bytea, ST_XMin({FeatureSnapshot.Geometry}), ST_YMin({FeatureSnapshot.Geometry}),
                   ST_XMax({FeatureSnapshot.Geometry}), ST_YMax({FeatureSnapshot.Geometry}){values}
            FROM {table} WHERE {FeatureSnapshot.Geometry} && ST_MakeEnvelope($1, $2, $3, $4, 4326) ORDER BY {FeatureSnapshot.Id} LIMIT {MaxFeatures + 1}
            """,
            tile);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var features = new List<TileFeature>();
        var bytes = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            var geometry = await reader.GetFieldValueAsync<byte[]>(1, cancellationToken);
            if (features.Count == MaxFeatures || (bytes += geometry.Length) > MaxBytes) return (features, false);
            var box = TileFeature.BoxOf(reader.GetDouble(2), reader.GetDouble(3), reader.GetDouble(4), reader.GetDouble(5));
            features.Add(new TileFeature((ulong)reader.GetInt64(0), geometry, box, RowValues.Read(reader, 6, snapshot.Values)));
        }

        return (features, true);
    }

    private async Task<long> CountAsync(NpgsqlConnection connection, TileAddress tile, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(connection, $"SELECT count(*) FROM {table} WHERE {FeatureSnapshot.Geometry} && ST_MakeEnvelope($1, $2, $3, $4, 4326)", tile);
        return (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    // The outermost tiles reach to the poles, and beyond 180 degrees: what is there is drawn at the edge, or not at all.
    private static NpgsqlCommand CreateCommand(NpgsqlConnection connection, string sql, TileAddress tile)
    {
        var box = tile.DegreeBounds;
        var (marginX, marginY) = (box.Width * FeatureTileRenderer.Margin * 1.01, box.Height * FeatureTileRenderer.Margin * 2);
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in (double[])[
            box.West - marginX, tile.Y == tile.Span - 1 ? -90 : box.South - marginY, box.East + marginX, tile.Y == 0 ? 90 : box.North + marginY])
            command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = value });
        return command;
    }
}
