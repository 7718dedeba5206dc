using System.Globalization;
using System.Text.Json.Nodes;
using CartoPlatform.Tilesets.Snapshots;
using Npgsql;

namespace CartoPlatform.Tilesets.Writing;

/// <summary>Tilestats of a tileset: exact, from the snapshot, by one statement for each attribute.</summary>
internal static class TileStatistics
{
    private const int MaxCategories = 100, MinBuckets = 3, MaxBuckets = 20;

    /// <param name="connection">Of the owner.</param>
    /// <param name="rows">A SELECT of the values under their names, and <c>carto_geometry</c>.</param>
    /// <param name="values">The attributes.</param>
    /// <param name="ofCells">Whether quantiles stand under <c>global</c>, as CARTO's tiler writes them for cells.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<JsonObject> ReadAsync(NpgsqlConnection connection, string rows, IReadOnlyList<TileValue> values, bool ofCells, CancellationToken cancellationToken)
    {
        var (count, geometry) = await CountAsync(connection, rows, cancellationToken);
        var attributes = new JsonArray();
        foreach (var value in values)
        {
            var stats = value.StatisticsType switch
            {
                "Number" => await NumbersAsync(connection, rows, value, ofCells, cancellationToken),
                "Timestamp" => await TimesAsync(connection, rows, value, cancellationToken),
                _ => await CategoriesAsync(connection, rows, value, cancellationToken),
            };
            var attribute = new JsonObject { ["attribute"] = value.Name, ["type"] = value.StatisticsType };
            foreach (var (name, node) in stats) attribute[name] = node?.DeepClone();
            attributes.Add(attribute);
        }

        var layer = new JsonObject { ["layer"] = "default", ["count"] = count, ["attributeCount"] = values.Count, ["attributes"] = attributes };
        if (geometry is not null) layer["geometry"] = geometry;
        return new JsonObject { ["layerCount"] = 1, ["layers"] = new JsonArray(layer) };
    }

    private static async Task<(long Count, string? Geometry)> CountAsync(NpgsqlConnection connection, string rows, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"SELECT count(*), mode() WITHIN GROUP (ORDER BY carto_geometry) FROM ({rows}) AS r");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var type = await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1).TrimEnd('M').TrimEnd('Z');
        return (reader.GetInt64(0), type switch
        {
            "POINT" or "MULTIPOINT" => "Point",
            "LINESTRING" => "LineString",
            "MULTILINESTRING" => "MultiLineString",
            "POLYGON" => "Polygon",
            "MULTIPOLYGON" => "MultiPolygon",
            _ => null,
        });
    }

    private static async Task<JsonObject> NumbersAsync(NpgsqlConnection connection, string rows, TileValue value, bool ofCells, CancellationToken cancellationToken)
    {
        var shares = Enumerable.Range(MinBuckets, MaxBuckets - MinBuckets + 1).SelectMany(buckets => Enumerable.Range(0, buckets + 1).Select(at => (double)at / buckets));
        var list = string.Join(", ", shares.Select(share => share.ToString("R", CultureInfo.InvariantCulture)));
        await using var command = Command(connection, $"""
            SELECT min(v), max(v), avg(v), sum(v), percentile_disc(ARRAY[{list}]::float8[]) WITHIN GROUP (ORDER BY v)
            FROM (SELECT {Names.Quote(value.Name)}::float8 AS v FROM ({rows}) AS r) AS n
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (await reader.IsDBNullAsync(0, cancellationToken)) return [];

        var found = await reader.GetFieldValueAsync<double[]>(4, cancellationToken);
        var (quantiles, at) = (new JsonObject(), 0);
        for (var buckets = MinBuckets; buckets <= MaxBuckets; at += buckets + 1, buckets++)
            quantiles[buckets.ToString(CultureInfo.InvariantCulture)] = new JsonArray([.. found[at..(at + buckets + 1)].Select(number => JsonValue.Create(number))]);
        return new JsonObject
        {
            ["min"] = reader.GetDouble(0),
            ["max"] = reader.GetDouble(1),
            ["avg"] = reader.GetDouble(2),
            ["sum"] = reader.GetDouble(3),
            ["quantiles"] = ofCells ? new JsonObject { ["global"] = quantiles } : quantiles,
        };
    }

    private static async Task<JsonObject> TimesAsync(NpgsqlConnection connection, string rows, TileValue value, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"SELECT min(v), max(v) FROM (SELECT {Names.Quote(value.Name)} COLLATE \"C\" AS v FROM ({rows}) AS r) AS n");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return await reader.IsDBNullAsync(0, cancellationToken) ? [] : new JsonObject { ["min"] = reader.GetString(0), ["max"] = reader.GetString(1) };
    }

    private static async Task<JsonObject> CategoriesAsync(NpgsqlConnection connection, string rows, TileValue value, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, $"""
            SELECT v, count(*) FROM (SELECT {Names.Quote(value.Name)}::text COLLATE "C" AS v FROM ({rows}) AS r) AS n GROUP BY v ORDER BY 2 DESC, 1 LIMIT {MaxCategories}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var categories = new JsonArray();
        while (await reader.ReadAsync(cancellationToken))
            categories.Add((JsonNode)new JsonObject { ["category"] = await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0), ["frequency"] = reader.GetInt64(1) });
        return new JsonObject { ["categories"] = categories };
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = 0 };
}
