using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Boundaries are made of two sources: both must be the caller's, and a change of either counts.</summary>
public sealed class BoundaryAnswerTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan FreshWithin = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("/v3/maps/main/boundary?tilesetTableName={0}&propertiesTableName={1}")]
    [InlineData("/v3/maps/main/boundary?tilesetTableName={0}&propertiesTableName={1}&format=tilejson")]
    [InlineData("/v3/maps/main/boundary/properties/0/0/0?tilesetTableName={0}&propertiesTableName={1}")]
    [InlineData("/v3/maps/main/boundary/properties/0/0/0?tilesetTableName={0}&propertiesSqlQuery=SELECT * FROM {1}")]
    public async Task Answer_is_kept_until_either_source_changes(string template)
    {
        var (tileset, properties) = await CreateAsync();
        using var client = fixture.Host.Owner();
        var url = string.Format(null, template, tileset, properties);
        await KeptAsync(client, url);
        foreach (var table in (string[])[properties, tileset])
        {
            await fixture.Database.ExecuteAsync($"UPDATE {table} SET touched = touched + 1");
            await Wait.UntilAsync($"{table} has been changed", async () => (await client.AskAsync(url)).Cache == "MISS", FreshWithin);
            await KeptAsync(client, url);
        }
    }

    [Fact]
    public async Task Kept_answer_takes_the_right_to_both_sources()
    {
        var (tileset, properties) = await CreateAsync();
        var url = $"/v3/maps/main/boundary/properties/0/0/0?tilesetTableName={tileset}&propertiesTableName={properties}";
        using var owner = fixture.Host.Owner();
        await KeptAsync(owner, url);
        foreach (var (grants, expected) in (IEnumerable<(string[], HttpStatusCode)>)
            [([tileset], HttpStatusCode.Forbidden), ([properties], HttpStatusCode.Forbidden), ([tileset, properties], HttpStatusCode.OK)])
        {
            using var client = fixture.Host.As(fixture.AddToken(["maps"], [.. grants.Select(source => new GrantRecord("main", source))]));
            var answer = await client.AskAsync(url);
            Assert.Equal((expected, expected == HttpStatusCode.OK ? "HIT" : "MISS"), (answer.Status, answer.Cache));
        }
    }

    [Fact]
    public async Task Url_of_its_own_version_is_immutable()
    {
        var (tileset, properties) = await CreateAsync();
        using var client = fixture.Host.Owner();
        var json = System.Text.Json.JsonDocument.Parse((await client.AskAsync($"/v3/maps/main/boundary?tilesetTableName={tileset}&propertiesTableName={properties}&format=tilejson")).Body);
        var tile = json.RootElement.GetProperty("properties_tiles")[0].GetString()!.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal);
        foreach (var _ in Enumerable.Range(0, 2)) Assert.Contains("immutable", (await client.AskAsync(tile)).Header("Cache-Control"), StringComparison.Ordinal);
    }

    private static Task KeptAsync(HttpClient client, string url) => Wait.UntilAsync($"{url} is kept", async () =>
    {
        var answer = await client.AskAsync(url);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return answer.Cache == "HIT";
    }, FreshWithin);

    private async Task<(string Tileset, string Properties)> CreateAsync()
    {
        var name = $"demo.b_{Guid.NewGuid():N}"[..16];
        await fixture.Database.ExecuteAsync($$"""
            CREATE TABLE {{name}}_tiles AS
                SELECT 0 AS z, 0 AS x, 0 AS y, 0 AS touched, NULL::text AS metadata,
                    (SELECT ST_AsMVT(f, 'default') FROM (SELECT 'one' AS geoid, ST_AsMVTGeom(ST_Transform(ST_MakeEnvelope(-10, -10, 10, 10, 4326), 3857), ST_TileEnvelope(0, 0, 0)) AS geom) AS f) AS data;
            INSERT INTO {{name}}_tiles VALUES (NULL, NULL, NULL, 0, '{"minzoom": 0, "maxzoom": 0, "bounds": [-10, -10, 10, 10], "vector_layers": [{"id": "default", "fields": {"geoid": "String"} }]}', NULL);
            CREATE TABLE {{name}}_rows AS SELECT 'one' AS geoid, 7 AS v, 0 AS touched;
            """);
        return ($"{name}_tiles", $"{name}_rows");
    }
}
