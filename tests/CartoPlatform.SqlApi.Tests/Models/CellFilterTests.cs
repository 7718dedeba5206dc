using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>Polygons and lists of cells on columns of H3 and quadbin cells, against each cell by itself.</summary>
public sealed class CellFilterTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private const double West = -8.05, South = 36.03, East = -7.21, North = 36.92;

    private static readonly string Box = string.Create(
        CultureInfo.InvariantCulture, $$"""{"type":"Polygon","coordinates":[[[{{West}},{{South}}],[{{East}},{{South}}],[{{East}},{{North}}],[{{West}},{{North}}],[{{West}},{{South}}]]]}""");

    private static readonly (CellScheme Scheme, int Resolution)[] Schemes = [(CellScheme.H3, 6), (CellScheme.Quadbin, 13)];

    public async Task InitializeAsync()
    {
        foreach (var (scheme, resolution) in Schemes)
        {
            var list = string.Join(",", Cells(scheme, resolution));
            var text = scheme == CellScheme.H3 ? "CASE WHEN n % 2 = 0 THEN to_hex(cell) ELSE upper(to_hex(cell)) END" : "CASE WHEN n % 2 = 0 THEN to_hex(cell) ELSE cell::text END";
            await fixture.Database.ExecuteAsync($"""
                CREATE TABLE {scheme.Name}_numbers AS SELECT cell, n FROM unnest(ARRAY[{list}]) WITH ORDINALITY AS c(cell, n);
                CREATE INDEX ON {scheme.Name}_numbers (cell);
                CREATE TABLE {scheme.Name}_texts AS SELECT {text} AS cell, n FROM {scheme.Name}_numbers;
                INSERT INTO {scheme.Name}_texts VALUES (NULL, -1), ('', -1), ('nonsense', -1), ('ffffffffffffffff', -1);
                INSERT INTO {scheme.Name}_numbers VALUES (NULL, -1), (0, -1), (-1, -1);
                CREATE TABLE {scheme.Name}_empty (cell bigint, n int);
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
                """);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var (scheme, _) in Schemes)
            await fixture.Database.ExecuteAsync($"DROP TABLE {scheme.Name}_numbers, {scheme.Name}_texts, {scheme.Name}_empty");
    }

    [Theory]
    [InlineData("h3", "numbers")]
    [InlineData("h3", "texts")]
    [InlineData("quadbin", "numbers")]
    [InlineData("quadbin", "texts")]
    public async Task Box_takes_the_cells_that_its_mode_says(string name, string table)
    {
        var (scheme, resolution) = Schemes.First(pair => pair.Scheme.Name == name);
        var counts = Cells(scheme, resolution).Select(cell => Judge(scheme, cell)).ToList();
        var centers = counts.Count(judged => judged.Center);
        Assert.Equal(centers, await CountAsync($"{name}_{table}", name, Box, "center"));
        var contained = await CountAsync($"{name}_{table}", name, Box, "contains");
        var touched = await CountAsync($"{name}_{table}", name, Box, "intersects");
        // A cell is within a box when all of its corners are; it touches the box at least when one is.
        Assert.Equal(counts.Count(judged => judged.AllCorners), contained);
        Assert.InRange(touched, counts.Count(judged => judged.AnyCorner), counts.Count(judged => judged.AnyCorner) + 4);
        Assert.True(0 < contained && contained < centers && centers < touched);
        Assert.Equal(touched, await CountAsync($"{name}_{table}", name, Box, null));
        Assert.Equal(touched, await CountAsync($"SELECT * FROM {name}_{table} WHERE true", name, Box, null));
    }

    [Theory]
    [InlineData("h3", "numbers")]
    [InlineData("quadbin", "texts")]
    public async Task List_takes_its_cells_and_their_descendants(string name, string table)
    {
        var (scheme, resolution) = Schemes.First(pair => pair.Scheme.Name == name);
        var cells = Cells(scheme, resolution);
        var coarse = scheme.Parent(cells[7], resolution - 2);
        var expected = cells.Count(cell => scheme.Parent(cell, resolution - 2) == coarse || cell == cells[^1]);
        foreach (var spelled in new[] { scheme.ToText(coarse), scheme.ToText(coarse).ToUpperInvariant(), coarse.ToString(CultureInfo.InvariantCulture) })
        {
            var finer = scheme.Descendants(cells[0], resolution + 1).First;
            var filter = new JsonObject
            {
                ["indexes"] = new JsonArray(spelled, scheme.ToText(cells[^1]), scheme.ToText(finer), spelled),
                ["type"] = name == "h3" ? "h3int" : name,
            };
            Assert.Equal(expected, await CountAsync($"{name}_{table}", name, filter.ToJsonString(), null));
        }

        Assert.Equal(0, await CountAsync($"{name}_{table}", name, """{"indexes":[]}""", null));
    }

    [Theory]
    [InlineData("h3")]
    [InlineData("quadbin")]
    public async Task World_is_everything_and_an_empty_table_is_nothing(string name)
    {
        var (scheme, resolution) = Schemes.First(pair => pair.Scheme.Name == name);
        const string World = """{"type":"Polygon","coordinates":[[[-179.9,-89],[179.9,-89],[179.9,89],[-179.9,89],[-179.9,-89]]]}""";
        Assert.Equal(Cells(scheme, resolution).Count, await CountAsync($"{name}_numbers", name, World, "intersects"));
        Assert.Equal(0, await CountAsync($"{name}_empty", name, World, "intersects"));
        Assert.Equal(0, await CountAsync($"{name}_numbers", name, """{"type":"MultiPolygon","coordinates":[]}""", "intersects"));
    }

    [Theory]
    [InlineData("""{"indexes":["nonsense"],"type":"h3"}""", "An index of a spatial filter is not a cell of h3")]
    [InlineData("""{"indexes":["480fffffffffffff"],"type":"h3"}""", "An index of a spatial filter is not a cell of h3")]
    [InlineData("""{"indexes":["480fffffffffffff"],"type":"quadbin"}""", "The type of a spatial filter's indexes must be that of the column, h3")]
    [InlineData("""{"indexes":[["a"]]}""", "An index of a spatial filter is not a cell of h3")]
    [InlineData("""{"indexes":["\ud800"]}""", "The parameter spatialFilters is not valid Unicode")]
    [InlineData("""{"indexes":"8928308280fffff"}""", "The indexes of a spatial filter must be an array")]
    [InlineData("""{"type":"Point","coordinates":[0,0]}""", "A spatial filter must be a GeoJSON Polygon or MultiPolygon")]
    public async Task Filter_that_cannot_be_used_is_one_clear_sentence(string filter, string error)
    {
        var answer = await AskAsync("h3_numbers", "h3", filter, null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(error, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_that_holds_no_cells_is_named()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE IF NOT EXISTS flags (cell boolean); GRANT SELECT ON flags TO PUBLIC");
        var answer = await AskAsync("flags", "quadbin", Box, null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("The column cell holds no quadbin cells", answer.Body, StringComparison.Ordinal);
    }

    private static List<long> Cells(CellScheme scheme, int resolution) =>
        [.. Enumerable.Range(0, 6_000).Select(i => scheme.FromDegrees(-8.6 + i % 80 * 0.02, 35.7 + i / 80 * 0.02, resolution)).Distinct()];

    private static (bool Center, bool AllCorners, bool AnyCorner) Judge(CellScheme scheme, long cell)
    {
        var corners = new LonLat[scheme.MaxCorners];
        corners = corners[..scheme.Boundary(cell, corners)];
        return (IsInside(scheme.Center(cell)), corners.All(IsInside), corners.Any(IsInside));
    }

    private static bool IsInside(LonLat place) => place is { Longitude: > West and < East, Latitude: > South and < North };

    private async Task<long> CountAsync(string source, string type, string filter, string? mode)
    {
        var answer = await AskAsync(source, type, filter, mode);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return JsonNode.Parse(answer.Body)!["rows"]![0]!["value"]!.GetValue<long>();
    }

    private Task<SqlAnswer> AskAsync(string source, string type, string filter, string? mode)
    {
        (string, string)[] parameters =
        [
            ("spatialDataType", type), ("spatialDataColumn", "cell"), ("spatialFilters", $$"""{"cell":{{filter}}}"""), .. mode is null ? Array.Empty<(string, string)>() : [("spatialFiltersMode", mode)],
        ];
        return fixture.Host.Caller.ModelAsync("formula", source, """{"operation":"count","column":"*"}""", parameters);
    }
}
