using System.Net;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Cells;

/// <summary>What sources and tiles of cells answer over HTTP: mistakes, rights, validators, limits, and what clients make of expressions.</summary>
public sealed class CellRequestTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Tile = "80c3fffffffffff"; // around Montevideo
    private const string Good = "name=demo.cells&spatialDataType=h3&spatialDataColumn=h3&aggregationExp=sum(n)%20as%20n_sum&aggregationResLevel=4";

    public Task InitializeAsync()
    {
        var cells = Enumerable.Range(0, 400).Select(i => CellScheme.H3.FromDegrees(-56.5 + i % 20 * 0.05, -35 + i / 20 * 0.05, 7));
        return fixture.Database.ExecuteAsync($"""
            CREATE TABLE demo.cells (h3 bigint, n int, name text, "Mixed" int, geom geometry(Point, 4326), area geometry(Polygon, 4326), flag boolean);
            INSERT INTO demo.cells SELECT cell, row_number() OVER (), 'name', 7 FROM unnest(ARRAY[{string.Join(",", cells)}]) AS cell;
            """);
    }

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.cells");

    [Theory]
    [InlineData("name=demo.cells&spatialDataType=h3", "The parameter aggregationExp is missing")]
    [InlineData("name=demo.cells&spatialDataType=quadbin&aggregationExp=count(*)", "Column not found")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&aggregationResLevel=-1", "The parameter aggregationResLevel must be a number from 0 to 30")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&aggregationResLevel=NaN", "The parameter aggregationResLevel must be a number from 0 to 30")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&aggregationResLevel=1e3", "The parameter aggregationResLevel must be a number from 0 to 30")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&spatialDataColumn=flag", "The column flag holds no h3 cells")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&spatialDataColumn=n", "The column n holds no h3 cells")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=count(*)&spatialDataColumn=area", "The column area holds no points: cells are made of points only")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=sum(nothing)", "Column not found")]
    [InlineData("name=demo.cells&spatialDataType=h3&aggregationExp=sum(name)", "function pg_catalog.sum(text) does not exist")]
    public async Task Bad_parameter_is_one_clear_sentence(string parameters, string error)
    {
        using var client = fixture.Host().Owner();
        foreach (var path in (string[])["", $"/{Tile}"])
        {
            var (status, body) = await client.AskJsonAsync($"/v3/maps/main/table{path}?{parameters}");
            Assert.Equal(error, body.GetProperty("error").GetString());
            Assert.Equal(HttpStatusCode.BadRequest, status);
        }
    }

    [Theory]
    [InlineData("sum(n) as a, sum(n) as A")]
    [InlineData("sum(n); DROP TABLE demo.cells")]
    [InlineData("(SELECT 1) as x")]
    [InlineData("pg_sleep(10) as x")]
    [InlineData("n as x")]
    public async Task Expression_that_is_none_is_400(string expression)
    {
        using var client = fixture.Host().Owner();
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/table?name=demo.cells&spatialDataType=h3&aggregationExp={MapsClient.Escape(expression)}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(JsonValueKind.String, body.GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData(Tile, Good + "&formatTiles=mvt", 400)]
    [InlineData("0/0/0", Good, 400)]
    [InlineData("nonsense", Good, 404)]
    [InlineData("80ffffffffffffff", Good, 404)]
    [InlineData("480fffffffffffff", Good, 404)]
    [InlineData(Tile, "name=demo.cells&spatialDataColumn=geom", 400)]
    [InlineData("0/0/0", "name=demo.cells&spatialDataColumn=geom&formatTiles=json", 400)]
    public async Task Tile_of_another_kind_is_refused(string tile, string parameters, int status)
    {
        using var client = fixture.Host().Owner();
        var (answered, body) = await client.AskJsonAsync($"/v3/maps/main/table/{tile}?{parameters}");
        Assert.Equal(status, (int)answered);
        Assert.Equal(JsonValueKind.String, body.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task Tile_has_a_tag_is_304_when_known_and_has_a_head()
    {
        using var client = fixture.Host().Owner();
        using var first = await client.AskAsync($"/v3/maps/main/table/{Tile}?{Good}");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var head = await client.AskAsync($"/v3/maps/main/table/{Tile.ToUpperInvariant()}?{Good}", HttpMethod.Head);
        Assert.Equal(first.Headers.ETag, head.Headers.ETag);
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.copy AS SELECT * FROM demo.cells ORDER BY random(); TRUNCATE demo.cells; INSERT INTO demo.cells SELECT * FROM demo.copy; DROP TABLE demo.copy");
        client.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
        using var second = await client.AskAsync($"/v3/maps/main/table/{Tile}?{Good}");
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Tile_needs_the_right_to_its_source()
    {
        using var stranger = fixture.Host().As(fixture.AddToken(new GrantRecord("main", "demo.other")));
        using var guest = fixture.Host().As(fixture.AddToken(new GrantRecord("main", "demo.cells")));
        using var refused = await stranger.AskAsync($"/v3/maps/main/table/{Tile}?{Good}");
        using var permitted = await guest.AskAsync($"/v3/maps/main/table/{Tile}?{Good}");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused.StatusCode, permitted.StatusCode));
    }

    [Fact]
    public async Task Json_tile_has_the_cells_of_the_binary_one()
    {
        using var client = fixture.Host().Owner();
        var cells = await client.CellsAsync($"/v3/maps/main/table@?{Good}", CellScheme.H3, Cell(Tile));
        var json = await client.OkAsync($"/v3/maps/main/table/{Tile}?{Good}&formatTiles=json");
        Assert.Equal(
            cells.Select(cell => (CellScheme.H3.ToText(cell.Cell), (double)cell.Properties["n_sum"])),
            json.EnumerateArray().Select(cell => (cell.GetProperty("id").GetString()!, cell.GetProperty("properties").GetProperty("n_sum").GetDouble())));
        Assert.NotEmpty(cells);
    }

    [Fact]
    public async Task Properties_are_the_aliases_as_written_with_their_types()
    {
        using var client = fixture.Host().Owner();
        const string Expression = """
            1 AS __aggregationValue, sum(n)::numeric AS "Total Σ", max(name) AS Name_Any, bool_or(flag) AS flag, min("Mixed") as MIXED, avg(n) / 0.5, max(n)::float8 * 'NaN'::float8 as nan
            """;
        var cells = await client.CellsAsync(CellsClient.Url("table", "demo.cells", "h3", "h3:h3", Expression, 0), CellScheme.H3, Cell(Tile));
        var properties = Assert.Single(cells).Properties;
        Assert.Equal((1.0, 80_200.0, "name", 7.0), (properties["__aggregationValue"], properties["Total Σ"], properties["Name_Any"], properties["MIXED"]));
        Assert.False(properties.ContainsKey("flag"));
        Assert.True(double.IsNaN((double)properties["nan"]));
        Assert.Contains(401.0, properties.Values);
    }

    [Fact]
    public async Task Filters_and_placeholders_come_before_the_cells()
    {
        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("query", "SELECT h3, n FROM demo.cells WHERE n > $1", "h3int", "h3", "count(*) AS c", 0)
            + $"&queryParameters=[100]&filters={MapsClient.Escape("""{"n":{"between":{"values":[[null,150]]}}}""")}";
        var cell = Assert.Single(await client.CellsAsync(url, CellScheme.H3, Cell(Tile)));
        Assert.Equal(50.0, cell.Properties["c"]);
    }

    [Fact]
    public async Task Long_request_is_stored_and_its_tiles_are_the_same()
    {
        using var client = fixture.Host().Owner();
        var (status, body) = await client.PostJsonAsync("/v3/maps/main/query", $$"""
            {"q":"SELECT * FROM demo.cells -- {{new string('x', 3_000)}}","spatialDataType":"h3","spatialDataColumn":"h3","aggregationExp":"sum(n) AS N_sum","aggregationResLevel":4}
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        var tilejson = await client.OkAsync(new Uri(body.GetProperty("tilejson").GetProperty("url")[0].GetString()!).PathAndQuery);
        var template = new Uri(tilejson.GetProperty("tiles")[0].GetString()!).PathAndQuery;
        Assert.Contains("definition=", template, StringComparison.Ordinal);
        using var response = await client.AskAsync(template.Replace("%7Bi%7D", Tile, StringComparison.Ordinal));
        var cells = SpatialTileReader.Read(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(80_200.0, cells.Sum(cell => (double)cell.Properties["N_sum"]));
    }

    [Fact]
    public async Task Cells_beyond_the_budget_are_counted_and_those_that_stay_are_always_the_same()
    {
        using var client = fixture.Host(("MapsApi:MaxFeatures", "50")).Owner();
        var url = $"/v3/maps/main/table/{Tile}?{Good.Replace("Level=4", "Level=7", StringComparison.Ordinal)}";
        using var first = await client.AskAsync(url);
        using var second = await client.AskAsync(url);
        var cells = SpatialTileReader.Read(await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(50, cells.Count);
        Assert.Equal("350", Assert.Single(first.Headers.GetValues("X-Carto-Tile-Dropped")));
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
    }

    [Fact]
    public async Task Downloads_have_the_cells_as_text_and_no_geometry()
    {
        using var client = fixture.Host().Owner();
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/table?{Good}&format=geojson");
        Assert.Equal((HttpStatusCode.BadRequest, "Cells have no geometry: ask for format=json or ndjson"), (status, body.GetProperty("error").GetString()));
        var rows = await client.OkAsync($"/v3/maps/main/table?{Good}&format=json");
        Assert.Equal(400, rows.GetArrayLength());
        Assert.True(CellScheme.H3.TryParse(rows[0].GetProperty("h3").GetString(), out _));
    }

    private static long Cell(string text) => CellScheme.H3.TryParse(text, out var cell) ? cell : throw new ArgumentException(text);
}
