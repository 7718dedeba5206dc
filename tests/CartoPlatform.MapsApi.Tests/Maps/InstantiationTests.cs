using System.Net;
using System.Text.Json;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Maps;

/// <summary>From the instantiation over the TileJSON to a tile, as the client library goes.</summary>
public sealed class InstantiationTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.places (id int PRIMARY KEY, name text, founded date, "weird {x} & name" int, geom geometry(MultiPolygon, 25832));
        INSERT INTO demo.places SELECT i, 'p' || i, '2000-01-01', i, ST_Multi(ST_Transform(ST_MakeEnvelope(8 + i * 0.1, 48, 8.05 + i * 0.1, 48.05, 4326), 25832)) FROM generate_series(1, 5) AS i;
        CREATE TABLE demo.empty (geom geometry);
        CREATE VIEW demo.seen AS SELECT id, ST_Transform(geom, 4326) AS "Geom" FROM demo.places;
        CREATE TABLE demo."We'ird Name" (geom geography(Point));
        INSERT INTO demo."We'ird Name" VALUES ('POINT(179.9 10)'), ('POINT(-179.9 10)');
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("""DROP VIEW demo.seen; DROP TABLE demo.places, demo.empty, demo."We'ird Name" """);

    [Fact]
    public async Task Map_leads_to_its_tiles()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var map = await client.OkAsync("/v3/maps/main/table?v=3.4&client=my-app&name=demo.places&spatialDataColumn=geom&spatialDataType=geo&tileResolution=1&columns=name,founded");
        Assert.Equal(5, map.GetProperty("nrows").GetInt64());
        Assert.Equal("""[{"name":"id","type":"number"},{"name":"name","type":"string"},{"name":"founded","type":"timestamp"},{"name":"weird {x} & name","type":"number"},{"name":"geom","type":"geometry"}]""", map.GetProperty("schema").GetRawText());

        var tileJson = await client.OkAsync(Url(map, "tilejson"));
        Assert.Equal("2.2.0", tileJson.GetProperty("tilejson").GetString());
        Assert.Equal([8.1, 48, 8.55, 48.05], tileJson.GetProperty("bounds").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 2)));
        Assert.Equal("""{"layerCount":1,"layers":[{"layer":"default","count":5,"geometry":"MultiPolygon","attributeCount":2,"attributes":[{"attribute":"name","type":"String"},{"attribute":"founded","type":"Timestamp"}]}]}""", tileJson.GetProperty("tilestats").GetRawText());
        Assert.Equal("""[{"id":"default","minzoom":0,"maxzoom":24,"fields":{"name":"String","founded":"Timestamp"},"geometry_type":"MultiPolygon"}]""", tileJson.GetProperty("vector_layers").GetRawText());

        var template = tileJson.GetProperty("tiles")[0].GetString()!;
        Assert.StartsWith("http://localhost/v3/maps/main/table/{z}/{x}/{y}?name=demo.places&", template, StringComparison.Ordinal);
        Assert.Contains("&formatTiles=binary&client=my-app&v=3.4&cache=", template, StringComparison.Ordinal);
        using var tile = await client.AskAsync(Fill(template, 9, 267, 177));
        Assert.Equal(HttpStatusCode.OK, tile.StatusCode);
    }

    [Fact]
    public async Task Get_and_post_give_the_same_urls()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        const string Filters = """{"id":{"in":{"values":[1,2]}}}""";
        var get = await client.OkAsync($"/v3/maps/main/table?name=demo.places&tileResolution=0.5&filters={MapsClient.Escape(Filters)}&columns=name&featureBbox=true");
        var (_, post) = await client.PostJsonAsync("/v3/maps/main/table", $$"""{"name":"demo.places","tileResolution":"0.5","filters":{{Filters}},"columns":"name","featureBbox":true}""");
        Assert.Equal(WithoutCache(Url(get, "tilejson")), WithoutCache(Url(post, "tilejson")));
        var (status, posted) = await client.PostJsonAsync(Url(get, "tilejson"), """{"v":"3.4","client":"deck-gl-carto"}""");
        Assert.True(status == HttpStatusCode.BadRequest, posted.ToString());
    }

    [Fact]
    public async Task Tilejson_url_takes_a_post_as_the_client_library_sends_it()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        // The library cuts the parameters that it sends from the URL first.
        var url = Url(await client.OkAsync("/v3/maps/main/table?name=demo.places"), "tilejson");
        var (status, _) = await client.PostJsonAsync(url.Replace("&client=deck-gl-carto&v=3.4", "", StringComparison.Ordinal), """{"v":"3.4","client":"deck-gl-carto"}""");
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Braces_in_values_are_not_placeholders()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var tileJson = await client.OkAsync($"/v3/maps/main/query?format=tilejson&q={MapsClient.Escape("SELECT *, '{x}' AS braces FROM demo.places")}");
        var template = tileJson.GetProperty("tiles")[0].GetString()!;
        Assert.Equal(3, template.Count(c => c == '{'));
        var feature = (await client.MvtAsync(Fill(template, 9, 267, 177).Replace("&formatTiles=binary", "", StringComparison.Ordinal)))[0];
        Assert.Equal("{x}", feature.Properties["braces"]);
        Assert.Contains("weird {x} & name", feature.Properties.Keys);
    }

    [Fact]
    public async Task Long_definition_travels_as_an_id()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var sql = $"SELECT id, geom FROM demo.places WHERE id IN ({string.Join(',', Enumerable.Range(2, 2_000))})";
        var (_, map) = await client.PostJsonAsync("/v3/maps/main/query", $$$"""{"q":"{{{sql}}}","filters":{"id":{"in":{"values":[2,9]} } } }""");
        Assert.InRange(Url(map, "tilejson").Length, 100, 300);
        var template = (await client.OkAsync(Url(map, "tilejson"))).GetProperty("tiles")[0].GetString()!;
        Assert.Contains("?definition=", template, StringComparison.Ordinal);
        Assert.InRange(template.Length, 100, 300);

        // Another process finds it too.
        await using var other = new MapsHost(fixture, []);
        using var reader = other.Owner();
        Assert.Equal([2UL], (await reader.MvtAsync(Fill(template, 6, 33, 22).Replace("&formatTiles=binary", "", StringComparison.Ordinal))).Select(feature => feature.Properties["id"]));
    }

    [Theory]
    [InlineData("table", "definition=0000000000000000000000000000000000000000000000000000000000000000", 404, "There is no such map definition: instantiate the map again")]
    [InlineData("table", "definition=..%2F..%2Ftokens", 404, "There is no such map definition: instantiate the map again")]
    [InlineData("table", "definition=abc&name=demo.places", 400, "The parameter name cannot be given beside definition")]
    public async Task Unknown_definition_is_refused(string kind, string parameters, int status, string error)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (answered, body) = await client.AskJsonAsync($"/v3/maps/main/{kind}/0/0/0?{parameters}");
        Assert.Equal(error, body.GetProperty("error").GetString());
        Assert.Equal(status, (int)answered);
    }

    [Fact]
    public async Task Definition_of_a_query_is_none_of_a_table()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (_, map) = await client.PostJsonAsync("/v3/maps/main/query", $$"""{"q":"SELECT geom FROM demo.places /* {{new string('x', 2_000)}} */ LIMIT 1"}""");
        var (status, _) = await client.AskJsonAsync(Url(map, "tilejson").Replace("/query?", "/table?", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Theory]
    [InlineData("Platform:PublicUrl", "https://maps.example.org/carto/", "https://maps.example.org/carto/v3/maps/main/table?")]
    [InlineData("Unused", "x", "http://localhost/v3/maps/main/table?")]
    public async Task Urls_are_absolute_on_the_public_address(string key, string value, string start)
    {
        var host = fixture.Host((key, value));
        using var client = host.Owner();
        Assert.StartsWith(start, Url(await client.OkAsync("/v3/maps/main/table?name=demo.places"), "tilejson"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Urls_follow_the_proxy_in_front()
    {
        using var client = fixture.Host(("Proxies:Trusted:0", "0.0.0.0/0"), ("Proxies:Trusted:1", "::/0")).Owner();
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Host", "maps.example.org:8443");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Prefix", "/carto");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "10.0.0.1");
        Assert.StartsWith("https://maps.example.org:8443/carto/v3/maps/main/table?", Url(await client.OkAsync("/v3/maps/main/table?name=demo.places"), "tilejson"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_table_is_a_map_of_the_world()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var tileJson = await client.OkAsync("/v3/maps/main/table?format=tilejson&name=demo.empty");
        Assert.Equal([-180, -85.05, 180, 85.05], tileJson.GetProperty("bounds").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 2)));
        Assert.Equal(0, tileJson.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64());
        using var tile = await client.AskAsync("/v3/maps/main/table/0/0/0?name=demo.empty");
        Assert.Equal(HttpStatusCode.NoContent, tile.StatusCode);
    }

    [Fact]
    public async Task Name_of_any_spelling_and_column_of_any_case_are_found()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        await client.OkAsync($"/v3/maps/main/table?name={fixture.Database.DatabaseName}.demo.places");
        await client.OkAsync("/v3/maps/main/table?name=DEMO.SEEN");
        var tileJson = await client.OkAsync($"/v3/maps/main/table?format=tilejson&name={MapsClient.Escape("demo.\"We'ird Name\"")}");
        Assert.Equal("[-179.9,10,179.9,10]", tileJson.GetProperty("bounds").GetRawText());
        Assert.Single(await client.MvtAsync($"/v3/maps/main/table/3/7/3?name={MapsClient.Escape("demo.\"We'ird Name\"")}"));
    }

    [Fact]
    public async Task Query_may_name_a_column_twice()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var q = MapsClient.Escape("SELECT a.*, b.*, 1, 2 FROM demo.places a JOIN demo.places b USING (id)");
        var map = await client.OkAsync($"/v3/maps/main/query?q={q}");
        Assert.Equal(["id", "name", "founded", "weird {x} & name", "geom", "id_1", "name_1", "founded_1", "weird {x} & name_1", "geom_1", "?column?", "?column?_1"], map.GetProperty("schema").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
        var features = await client.MvtAsync($"/v3/maps/main/query/6/33/22?q={q}&filters={MapsClient.Escape("""{"name_1":{"in":{"values":["p3"]} } }""")}");
        Assert.Equal("p3", Assert.Single(features).Properties["name_1"]);
    }

    [Theory]
    [InlineData("WITH p AS (SELECT * FROM demo.places) SELECT * FROM p ORDER BY id LIMIT 2;", 2)]
    [InlineData("VALUES ('SRID=4326;POINT(1 2)'::geometry)", 1, "column1")]
    [InlineData("(SELECT * FROM demo.places)", 5)]
    [InlineData("/* a */ TABLE demo.places -- b", 5)]
    public async Task Any_reading_statement_is_a_source(string sql, int rows, string column = "geom")
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var map = await client.OkAsync($"/v3/maps/main/query?spatialDataColumn={column}&q={MapsClient.Escape(sql)}");
        Assert.Equal(rows, map.GetProperty("nrows").GetInt64());
    }

    [Theory]
    [InlineData("DELETE FROM demo.places RETURNING *")]
    [InlineData("SELECT 1) AS s; DROP TABLE demo.places; SELECT * FROM (SELECT 1")]
    [InlineData("WITH d AS (DELETE FROM demo.places RETURNING *) SELECT * FROM d")]
    [InlineData("EXPLAIN SELECT * FROM demo.places")]
    public async Task Statement_that_does_not_read_is_refused_and_changes_nothing(string sql)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (status, _) = await client.AskJsonAsync($"/v3/maps/main/query?q={MapsClient.Escape(sql)}");
        Assert.InRange((int)status, 400, 403);
        Assert.Equal(5, (await client.OkAsync("/v3/maps/main/table?name=demo.places")).GetProperty("nrows").GetInt64());
    }

    [Fact]
    public async Task Changed_table_is_seen_by_the_next_tile()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.changing AS SELECT 1 AS a, 2 AS b, ST_SetSRID(ST_Point(1, 2), 4326)::geometry(Point, 4326) AS geom");
        var host = fixture.Host();
        using var client = host.Owner();
        const string Query = "/v3/maps/main/query/0/0/0?q=SELECT%20*%20FROM%20demo.changing";
        for (var i = 0; i < 5; i++)
        {
            Assert.Single(await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.changing"));
            Assert.Single(await client.MvtAsync(Query));
        }

        await fixture.Database.ExecuteAsync("ALTER TABLE demo.changing DROP COLUMN a; ALTER TABLE demo.changing ALTER COLUMN b TYPE text");
        Assert.Equal("2", Assert.Single(await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.changing")).Properties["b"]);
        Assert.Equal("2", Assert.Single(await client.MvtAsync(Query)).Properties["b"]);
        await fixture.Database.ExecuteAsync("DROP TABLE demo.changing");
        var (status, _) = await client.AskJsonAsync("/v3/maps/main/table/0/0/0?name=demo.changing");
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    private static string Url(JsonElement map, string format) => map.GetProperty(format).GetProperty("url")[0].GetString()!;

    private static string WithoutCache(string url) => url[..url.IndexOf("&cache=", StringComparison.Ordinal)];

    private static string Fill(string template, int z, int x, int y) =>
        template.Replace("{z}", $"{z}", StringComparison.Ordinal).Replace("{x}", $"{x}", StringComparison.Ordinal).Replace("{y}", $"{y}", StringComparison.Ordinal);
}
