using System.Net;
using System.Text.Json;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Requests;

/// <summary>What callers get wrong: one clear sentence each, on instantiation and tiles alike.</summary>
public sealed class BadRequestTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        "CREATE TABLE demo.stores (id int PRIMARY KEY, name text, other geometry, geom geometry(Point, 4326)); INSERT INTO demo.stores VALUES (1, 'a', NULL, 'SRID=4326;POINT(1 2)')");

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.stores");

    [Theory]
    [InlineData("table", "", "The parameter name is missing")]
    [InlineData("table", "name=", "The parameter name is empty")]
    [InlineData("table", "name=demo.stores&name=demo.stores", "The parameter name is given more than once")]
    [InlineData("table", "name=a.b.c.d", "a.b.c.d is not the name of a table")]
    [InlineData("table", "name=demo..stores", "demo..stores is not the name of a table")]
    [InlineData("table", "name=demo.stores;DROP", "There is no table demo.stores;DROP", 404)]
    [InlineData("table", "name=demo.nothing", "There is no table demo.nothing", 404)]
    [InlineData("table", "name=demo.stores%00", "The parameter name holds a NUL character")]
    [InlineData("table", "name=demo.stores&spatialDataColumn=the_geom", "Column not found")]
    [InlineData("table", "name=demo.stores&spatialDataColumn=name", "The column name holds no geometry")]
    [InlineData("table", "name=demo.stores&columns=name,nothing", "Column not found")]
    [InlineData("table", "name=demo.stores&columns=", "The parameter columns is empty")]
    [InlineData("table", "name=demo.stores&tileResolution=3", "The parameter tileResolution must be one of 0.25, 0.5, 1, 2, 4")]
    [InlineData("table", "name=demo.stores&tileResolution=NaN", "The parameter tileResolution must be one of 0.25, 0.5, 1, 2, 4")]
    [InlineData("table", "name=demo.stores&featureBbox=maybe", "The parameter featureBbox must be true or false")]
    [InlineData("table", "name=demo.stores&spatialDataType=volume", "The parameter spatialDataType must be one of geo, h3, h3int, quadbin, trajectory")]
    [InlineData("table", "name=demo.stores&geo_column=geom", "The parameter geo_column is not known any more: use spatialDataColumn and spatialDataType")]
    [InlineData("table", "name=demo.stores&filters=nonsense", "The parameter filters must be a JSON object without repeated members")]
    [InlineData("table", "name=demo.stores&filters=[]", "The parameter filters must be a JSON object without repeated members")]
    [InlineData("table", "name=demo.stores&filters=%7B%22id%22:%7B%22like%22:%7B%22values%22:[]%7D%7D%7D", "The filter type like is not one of in, between, closed_open, time, stringSearch")]
    [InlineData("table", "name=demo.stores&filters=%7B%22nothing%22:%7B%22in%22:%7B%22values%22:[1]%7D%7D%7D", "Column not found")]
    [InlineData("table", "name=demo.stores&filters=%7B%22name%22:%7B%22in%22:%7B%22values%22:[%22%5Cud800%22]%7D%7D%7D", "The parameter filters is not valid Unicode")]
    [InlineData("table", "name=demo.stores&filters=%7B%22%5Cud800%22:%7B%22in%22:%7B%22values%22:[1]%7D%7D%7D", "The parameter filters is not valid Unicode")]
    [InlineData("table", "name=demo.stores&filters=%7B%22name%22:%7B%22%5Cud800%22:1%7D%7D", "The parameter filters is not valid Unicode")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory", "The parameter trajectoryIdColumn is missing")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory&trajectoryIdColumn=name", "The parameter timestampColumn is missing")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory&trajectoryIdColumn=nothing&timestampColumn=id", "Column not found")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory&trajectoryIdColumn=name&timestampColumn=nothing", "Column not found")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory&trajectoryIdColumn=id&timestampColumn=name", "The column name holds neither times nor numbers")]
    [InlineData("table", "name=demo.stores&spatialDataType=trajectory&trajectoryIdColumn=other&timestampColumn=id", "The column other cannot tell tracks apart: it holds geometry")]
    [InlineData("query", "q=SELECT%201%20AS%20id,%20'LINESTRING(0%200,1%201)'::geometry%20AS%20geom&spatialDataType=trajectory&trajectoryIdColumn=id&timestampColumn=id", "The column geom holds no points: tracks are made of points")]
    [InlineData("table", "name=demo.stores&aggregationExp=count(*)%20as%20n,%20sum(nothing)", "Column not found")]
    [InlineData("table", "name=demo.stores&aggregationExp=name", "The parameter aggregationExp: The column name must stand inside an aggregate function, such as max(name) (at character 1)")]
    [InlineData("table", "name=demo.stores&aggregationExp=sum(name)", "function pg_catalog.sum(text) does not exist")]
    [InlineData("query", "", "The parameter q is missing")]
    [InlineData("query", "q=%20%20", "The parameter q is empty")]
    [InlineData("query", "q=--%20nothing", "The SQL text is empty")]
    [InlineData("query", "q=SELECT%201;SELECT%202", "Only one SQL statement can be run at a time")]
    [InlineData("query", "q=SELEC%201", "syntax error at or near \"SELEC\"")]
    [InlineData("query", "q=SELECT%201%20AS%20geom", "The column geom holds no geometry")]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.nothing", "relation \"demo.nothing\" does not exist")]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.stores&queryParameters=%7B%22%5Cud800%22:1%7D", "The parameter queryParameters is not valid Unicode")]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.stores%20WHERE%20id=$1&queryParameters=7", "The parameter queryParameters must be a JSON object or array without repeated members")]
    public async Task Bad_parameter_is_one_clear_sentence(string kind, string parameters, string error, int status = 400)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        foreach (var path in (string[])["", "/0/0/0"])
        {
            var (answered, body) = await client.AskJsonAsync($"/v3/maps/main/{kind}{path}?{parameters}");
            Assert.Equal(error, body.GetProperty("error").GetString());
            Assert.Equal(status, (int)answered);
        }
    }

    [Theory]
    [InlineData("[1]", "The request body must be a JSON object")]
    [InlineData("{", "The request body is not valid JSON, or names a member twice")]
    [InlineData("{\"name\":\"demo.stores\",\"name\":\"x\"}", "The request body is not valid JSON, or names a member twice")]
    [InlineData("{\"name\":7}", "There is no table 7", 404)]
    [InlineData("{\"name\":null}", "The parameter name is missing")]
    [InlineData("{\"name\":{}}", "The parameter name must be a text")]
    [InlineData("{\"name\":\"\\ud800\"}", "The parameter name is not valid Unicode")]
    [InlineData("{\"name\":\"demo.stores\",\"featureBbox\":\"yes\"}", "The parameter featureBbox must be true or false")]
    [InlineData("{\"name\":\"demo.stores\",\"filters\":[]}", "The parameter filters must be a JSON object without repeated members")]
    [InlineData("{\"name\":\"demo.stores\",\"columns\":[\"name\"]}", "The parameter columns must be a text")]
    public async Task Bad_body_is_one_clear_sentence(string body, string error, int status = 400)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (answered, answer) = await client.PostJsonAsync("/v3/maps/main/table", body);
        Assert.Equal(error, answer.GetProperty("error").GetString());
        Assert.Equal(status, (int)answered);
    }

    [Theory]
    [InlineData("00/0/0", 400)]
    [InlineData("5/-1/0", 400)]
    [InlineData("5/05/0", 400)]
    [InlineData("a/b/c", 400)]
    [InlineData("1.0/0/0", 400)]
    [InlineData("+1/0/0", 400)]
    [InlineData("5/99999999999999999999/0", 400)]
    [InlineData("5/0/0.mvt", 400)]
    [InlineData("5/32/0", 404)]
    [InlineData("5/0/32", 404)]
    [InlineData("25/0/0", 404)]
    [InlineData("31/0/0", 404)]
    [InlineData("2147483647/0/0", 404)]
    public async Task Tile_address_outside_the_grid_is_refused(string address, int status)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (answered, body) = await client.AskJsonAsync($"/v3/maps/main/table/{address}?name=demo.stores");
        Assert.Equal(status, (int)answered);
        Assert.Equal(JsonValueKind.String, body.GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData("table", "name", 401, 400)]
    [InlineData("table", "columns", 1_600 * 64 + 1, 102_400)]
    [InlineData("query", "q", 500_001, 500_000)]
    public async Task Parameter_that_is_too_long_is_refused(string kind, string name, int length, int limit)
    {
        using var client = fixture.Host().Owner();
        var (status, body) = await client.PostJsonAsync($"/v3/maps/main/{kind}", $$"""{"name":"demo.stores","{{name}}":"{{new string('x', length)}}"}""".Replace("\"name\":\"demo.stores\",\"name\"", "\"name\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"The parameter {name} is longer than {limit} characters", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Unknown_parameters_are_ignored()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        await client.OkAsync("/v3/maps/main/table?name=demo.stores&tag-mapId=a&tag-mapId=b&deckglVersion=9.4.0&whatever");
    }

    [Fact]
    public async Task Form_body_is_read_as_text()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var content = new FormUrlEncodedContent([new("name", "demo.stores"), new("filters", "{}")]);
        using var response = await client.PostAsync(new Uri("/v3/maps/main/table", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("multipart/form-data", "x", 415)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nbroken off", 415)]
    [InlineData("application/x-www-form-urlencoded", "long")]
    [InlineData("text/plain", "name=demo.stores")]
    [InlineData("application/json; charset=utf-16", "\u0000{\u0000}")]
    public async Task Body_that_cannot_be_read_is_no_mistake_of_the_server(string type, string body, int status = 400)
    {
        using var client = fixture.Host().Owner();
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body == "long" ? new string('k', 5_000) : body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await client.PostAsync(new Uri("/v3/maps/main/table", UriKind.Relative), content);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("\"error\":", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_not_found_names_the_column()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (_, body) = await client.AskJsonAsync("/v3/maps/main/table?name=demo.stores&columns=name,nothing");
        Assert.Equal("nothing", body.GetProperty("column_name").GetString());
    }
}
