using System.Globalization;
using System.Text;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Loading;

public sealed class GeoJsonLoadTests(PostGisFixture database) : LoadedFile(database), IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Properties_become_columns_of_fitting_types()
    {
        var path = Write("t.geojson", """
            {"type":"FeatureCollection","name":"x","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[
            {"type":"Feature","id":7,"properties":{"name":"Zürich","n":1,"m":1,"day":"2024-05-01","tags":{"a":[1,2]},"mix":1,"code":"007"},"geometry":{"type":"Point","coordinates":[8.54,47.37]}},
            {"type":"Feature","id":8,"properties":{"name":"tab\there\nand \\","n":1.5,"m":12345678901234567890,"tags":null,"mix":"x","extra":true},"geometry":null}]}
            """);

        Assert.Equal(2, await LoadAsync(path, "gj_types"));

        Assert.Equal(
            "id bigint|name text|n double precision|m numeric|day date|tags jsonb|mix text|code text|extra boolean|geom geometry(Point,4326)",
            await ColumnsAsync("gj_types"));
        Assert.Equal("Zürich|tab\there\nand \\", await AskAsync("SELECT name FROM gj_types ORDER BY id"));
        Assert.Equal("1|12345678901234567890", await AskAsync("SELECT m FROM gj_types ORDER BY id"));
        Assert.Equal("POINT(8.54 47.37)|NULL", await AskAsync("SELECT ST_AsText(geom) FROM gj_types ORDER BY id"));
        Assert.Equal("2", await AskAsync("SELECT tags -> 'a' -> 1 FROM gj_types WHERE id = 7"));
    }

    [Theory]
    [InlineData("""{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}""", 1)]
    [InlineData("""{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":null,"type":"Feature"}""", 1)]
    [InlineData("""{"type":"Point","coordinates":[1,2]}""", 1)]
    [InlineData("""{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}""", 1)]
    [InlineData("{\"type\":\"Point\",\"coordinates\":[1,2]}\n{\"type\":\"Point\",\"coordinates\":[3,4]}\n", 2)]
    [InlineData("\u001e{\"type\":\"Point\",\"coordinates\":[1,2]}\n\u001e{\"type\":\"Point\",\"coordinates\":[3,4]}\n", 2)]
    [InlineData("""{"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}],"type":"FeatureCollection"}""", 1)]
    [InlineData("""{"type":"FeatureCollection","features":[],"x":{"features":[1]}} {"type":"Point","coordinates":[1,2]}""", 1)]
    public async Task Every_form_of_GeoJson_is_read(string text, long rows)
    {
        Assert.Equal(rows, await LoadAsync(Write("f.json", text), "gj_forms", overwrite: true));
    }

    [Fact]
    public async Task Collection_larger_than_any_buffer_arrives_whole()
    {
        var text = new StringBuilder("{\"type\":\"FeatureCollection\",\"features\":[");
        var ring = string.Join(',', Enumerable.Range(0, 20_000).Select(step => string.Create(CultureInfo.InvariantCulture, $"[{step * 0.001:F3},{Math.Sin(step) * 10:F6}]")));
        for (var id = 0; id < 4; id++)
            text.Append(CultureInfo.InvariantCulture, $"{(id > 0 ? ",\n" : "")}{{\"type\":\"Feature\",\"properties\":{{\"id\":{id}}},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":[{ring}]}}}}");
        text.Append("]}");

        Assert.Equal(4, await LoadAsync(Write("large.geojson", text.ToString()), "gj_large"));

        Assert.Equal("20000|20000|20000|20000", await AskAsync("SELECT ST_NPoints(geom) FROM gj_large"));
    }

    [Fact]
    public async Task Single_and_multiple_parts_with_heights_become_one_type()
    {
        await LoadAsync(
            Write("m.geojsonl", """
                {"type":"Feature","properties":{"id":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}
                {"type":"Feature","properties":{"id":2},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]]}}
                """),
            "gj_parts");

        Assert.Equal("id bigint|geom geometry(MultiPolygonZ,4326)", await ColumnsAsync("gj_parts"));
        Assert.Equal("0|5", await AskAsync("SELECT ST_ZMax(geom) FROM gj_parts ORDER BY id"));
    }

    [Fact]
    public async Task Projected_coordinates_are_brought_to_degrees()
    {
        await LoadAsync(
            Write("p.geojson", """{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[950000,6000000]}}]}"""),
            "gj_projected");

        Assert.Equal("POINT(8.53 47.35)", await AskAsync("SELECT ST_AsText(geom, 2) FROM gj_projected"));
    }

    [Theory]
    [InlineData("""[1,2]""", "this is not GeoJSON")]
    [InlineData("""{"a":1}""", "it has no type")]
    [InlineData("""{"type":"Topology","objects":{}}""", "this is TopoJSON")]
    [InlineData("""{"type":"FeatureCollection"}""", "has no features")]
    [InlineData("""{"type":"FeatureCollection","features":{}}""", "'features' must be an array")]
    [InlineData("""{"type":"FeatureCollection","features":[]}""", "there are no rows")]
    [InlineData("", "there are no rows")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":null},\n7]}", "line 3: this entry of 'features' is not a Feature")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":[1],\"geometry\":null}]}", "line 2: the properties of this feature are not an object")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":\"POINT(1 2)\"}]}", "line 2: the geometry of this feature is not an object")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[\n\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":\"x\"}}]}", "line 3: geom:")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,91]}}]}", "line 2: POINT(1 91) is not on the globe")]
    [InlineData("{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"type\":\"Feature\",,}]}", "line 3: this is not valid JSON")]
    [InlineData("{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"type\":\"Feature\",\"pro", "line 3: the JSON ends too early")]
    [InlineData("{\"type\":\"Feature\",\"properties\":{\"a\":\"\\ud800\"},\"geometry\":null}", "not valid Unicode")]
    [InlineData("{\"type\":\"Feature\",\"properties\":{\"a\":\"x\\u0000y\"},\"geometry\":null}", "line 1: invalid byte sequence")]
    [InlineData("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"local\"}},\"features\":[{\"type\":\"Feature\",\"properties\":{},\"geometry\":null}]}", "its coordinate system (crs) is not known")]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},\"geometry\":null}],\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}}", "stands behind its features")]
    public async Task Bad_file_names_its_line_and_leaves_nothing(string text, string message) =>
        await RefusedAsync(Write("bad.geojson", text), "gj_bad", message);

    [Fact]
    public async Task Text_in_another_encoding_is_refused() =>
        await RefusedAsync(Write("u.geojson", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("{}")]), "gj_utf16", "UTF-16");

    [Fact]
    public async Task Deep_nesting_is_refused_and_does_not_exhaust_the_stack() =>
        await RefusedAsync(
            Write("deep.geojson", "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}}"),
            "gj_deep",
            "not valid JSON");
}
