using System.Globalization;
using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class PickModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        DROP TABLE IF EXISTS picked;
        CREATE TABLE picked (id int PRIMARY KEY, "Name" text, geom geometry);
        INSERT INTO picked VALUES
          (1, 'a', ST_MakeEnvelope(0, 0, 1, 1, 4326)), (2, 'b', ST_MakeEnvelope(0, 0, 1, 1, 4326)), (3, 'c', ST_MakeEnvelope(0, 0, 2, 2, 4326)),
          (4, 'line', 'SRID=4326;LINESTRING(0 0, 1 1)'), (5, 'p', ST_Point(2.3522, 48.8566, 4326)), (6, 'near', ST_Point(2.35220001, 48.8566, 4326)),
          (7, 'far', ST_Point(2.4, 48.8566, 4326)), (8, 'pole', ST_Point(0, 90, 4326)), (9, 'multi', 'SRID=4326;MULTIPOINT(1 1, 2 2)'), (10, NULL, NULL),
          (11, 'beyond', 'SRID=4326;POINT(1e308 -1e308)'), (12, 'empty', 'SRID=4326;POINT EMPTY');
        GRANT SELECT ON picked TO PUBLIC;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Shapes_are_found_by_the_hash_of_their_geometry_in_the_order_of_the_ids()
    {
        var (square, large) = (await HashAsync(1), await HashAsync(3));

        var answer = await fixture.Host.Caller.BodyAsync(
            "pick", "picked", $$"""{"columns":["_carto_feature_id","Name"],"dataType":"polygons","featureIds":["{{large}}","{{square}}","none"],"limit":1000,"tileResolution":0.5}""");

        Assert.Equal(
            $$$"""{"rows":[{"_carto_feature_id":"{{{large}}}","Name":"c"},{"_carto_feature_id":"{{{square}}}","Name":"a"},{"_carto_feature_id":"{{{square}}}","Name":"b"}],"metadata":{"total":3}}""",
            answer);
    }

    [Fact]
    public async Task Page_of_picked_features_has_the_total_of_all() => Assert.Equal(
        """{"rows":[{"Name":"b"}],"metadata":{"total":2}}""",
        await fixture.Host.Caller.BodyAsync("pick", "picked", $$"""{"columns":["Name"],"dataType":"polygons","featureIds":["{{await HashAsync(1)}}"],"limit":1,"offset":1}"""));

    [Fact]
    public async Task Geometry_of_another_type_is_not_picked() => Assert.Equal(
        """{"rows":[],"metadata":{"total":0}}""",
        await fixture.Host.Caller.BodyAsync("pick", "picked", $$"""{"columns":["Name"],"dataType":"lines","featureIds":["{{await HashAsync(1)}}"]}"""));

    [Theory]
    [InlineData(10, 0.5, "p,near")]
    [InlineData(5, 0.25, "p,near")]
    [InlineData(24, 0.5, "p,near")]
    [InlineData(0, 0.25, "p,near,far")]
    public async Task Points_are_found_by_the_cell_of_their_zoom(int zoom, double resolution, string names)
    {
        // Web Mercator by hand: the cells of the level zoom + 8 + log2(resolution) + 1.
        var level = zoom + 9 + (int)Math.Log2(resolution);
        var x = (long)Math.Floor((2.3522 + 180) / 360 * Math.Pow(2, level));
        var y = (long)Math.Floor((1 - Math.Asinh(Math.Tan(48.8566 * Math.PI / 180)) / Math.PI) / 2 * Math.Pow(2, level));
        var id = string.Create(CultureInfo.InvariantCulture, $"{level}/{x}/{y}");

        var answer = await fixture.Host.Caller.ModelAsync(
            "pick", "picked", $$$"""{"columns":["Name"],"dataType":"points","featureIds":["{{{id}}}"],"z":{{{zoom}}},"tileResolution":{{{resolution.ToString(CultureInfo.InvariantCulture)}}}}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(names, string.Join(',', answer.Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("Name").GetString())));
    }

    [Fact]
    public async Task Point_at_a_pole_is_in_the_outermost_cell() => Assert.Equal(
        """[{"Name":"pole"}]""", await fixture.Host.Caller.RowsAsync("pick", "picked", """{"columns":["Name"],"dataType":"points","featureIds":["8/128/0"],"z":1}"""));

    [Fact]
    public async Task Point_beyond_the_world_is_in_its_last_cell() => Assert.Equal(
        """[{"Name":"beyond"}]""", await fixture.Host.Caller.RowsAsync("pick", "picked", """{"columns":["Name"],"dataType":"points","featureIds":["8/255/255"],"z":1}"""));

    [Fact]
    public async Task Selection_by_ids_counts_for_every_model_and_beside_filters()
    {
        var selected = $$"""{"featureIds":["{{await HashAsync(1)}}","{{await HashAsync(3)}}"],"geometryType":"polygons"}""";

        Assert.Equal("""[{"value":3}]""", await fixture.Host.Caller.RowsAsync("formula", "picked", selected));
        Assert.Equal("""[{"value":1}]""", await fixture.Host.Caller.RowsAsync("formula", "SELECT * FROM picked", selected, ("filters", """{"id":{"in":{"values":[2,4]}}}""")));
    }

    [Theory]
    [InlineData("pick", """{"columns":["Name"],"dataType":"polygons"}""")]
    [InlineData("pick", """{"columns":["Name"],"dataType":"polygons","featureIds":[]}""")]
    [InlineData("pick", """{"columns":["Name"],"featureIds":["a"]}""")]
    [InlineData("pick", """{"columns":[],"dataType":"polygons","featureIds":["a"]}""")]
    [InlineData("pick", """{"columns":["Name"],"dataType":"raster","featureIds":["a"]}""")]
    [InlineData("pick", """{"columns":["Name"],"dataType":"points","featureIds":["1/0/0"]}""")]
    [InlineData("pick", """{"columns":["Name"],"dataType":"points","featureIds":["1/0/0"],"z":99}""")]
    [InlineData("pick", """{"columns":["Name"],"dataType":"points","featureIds":["1/0/0"],"z":1,"tileResolution":3}""")]
    [InlineData("formula", """{"featureIds":["a"]}""")]
    [InlineData("formula", """{"featureIds":"a","geometryType":"points"}""")]
    public async Task Pick_that_cannot_be_is_400(string model, string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync(model, "picked", parameters);
        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
    }

    [Fact]
    public async Task More_than_1000_ids_are_400()
    {
        var ids = string.Join(',', Enumerable.Range(0, 1001).Select(id => $"\"{id}\""));
        var body = System.Text.Json.Nodes.JsonNode.Parse($$$"""{"type":"table","source":"picked","params":{"featureIds":[{{{ids}}}],"geometryType":"lines"}}""")!.AsObject();

        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.PostModelAsync("formula", body)).Status);
    }

    private async Task<string> HashAsync(int id)
    {
        await using var command = fixture.Database.Owner.CreateCommand($"SELECT md5(ST_AsEWKB(geom)) FROM picked WHERE id = {id}");
        return (string)(await command.ExecuteScalarAsync() ?? "");
    }
}
