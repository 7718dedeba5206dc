using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tests.Cells;

/// <summary>Tiles of columns of cells, against the same arithmetic in this process.</summary>
public sealed class StoredCellTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    public static TheoryData<string, string, int, int> Columns
    {
        get
        {
            var data = new TheoryData<string, string, int, int>();
            foreach (var type in (string[])["bigint", "text", "decimal", "numeric"])
            {
                data.Add("h3", type, 6, 2);
                data.Add("quadbin", type, 9, 4);
            }

            data.Add("h3", "bigint", 0, 3);
            data.Add("h3", "bigint", 15, 0);
            data.Add("quadbin", "bigint", 26, 9);
            data.Add("quadbin", "bigint", 0, 1);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Cells_of_all_tiles_are_the_cells_of_the_table(string name, string type, int resolution, int level)
    {
        var scheme = CellsClient.Scheme(name);
        // Poles, the antimeridian and places all over the world, two rows each; pentagons among them at coarse resolutions.
        var cells = Enumerable.Range(0, 60).Select(i => scheme.FromDegrees(i * 37.77 % 360 - 180, i * 23.3 % 170 - 85, resolution))
            .Append(scheme.FromDegrees(0, 90, resolution)).Append(scheme.FromDegrees(0, -90, resolution)).Append(scheme.FromDegrees(180, 0.001, resolution)).ToList();
        var table = $"demo.stored_{name}_{type}_{resolution}";
        var column = type is "text" or "decimal" ? "text" : type;
        string Literal(long cell, int copy) => type == "text"
            ? $"'{(copy == 0 ? scheme.ToText(cell) : scheme.ToText(cell).ToUpperInvariant())}'"
            : $"'{cell.ToString(CultureInfo.InvariantCulture)}'";
        await fixture.Database.ExecuteAsync($"CREATE TABLE {table} (cell {column}, n int); INSERT INTO {table} VALUES "
            + string.Join(", ", cells.SelectMany((cell, i) => new[] { $"({Literal(cell, 0)}, {i})", $"({Literal(cell, 1)}, 1000)" })));

        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("table", table, name, "cell", "sum(n) AS Total, count(*) as N_count", level);
        foreach (var tileResolution in new[] { 0, Math.Min(resolution, 2), resolution }.Distinct())
        {
            var shown = Math.Min(tileResolution + level, resolution);
            var expected = cells.Select((cell, i) => (Cell: scheme.Parent(cell, shown), Total: i + 1000.0)).GroupBy(pair => pair.Cell)
                .ToDictionary(group => group.Key, group => (group.Sum(pair => pair.Total), 2.0 * group.Count()));
            var found = new Dictionary<long, (double, double)>();
            foreach (var tile in cells.Select(cell => scheme.Parent(cell, tileResolution)).Distinct())
            {
                foreach (var (cell, properties) in await client.CellsAsync(url, scheme, tile))
                {
                    Assert.Equal(tile, scheme.Parent(cell, tileResolution));
                    found.Add(cell, ((double)properties["Total"], (double)properties["N_count"]));
                }
            }

            Assert.Equal(expected.OrderBy(pair => pair.Key), found.OrderBy(pair => pair.Key));
        }

        var tilejson = await client.TileJsonAsync(url);
        Assert.Equal(name, tilejson.GetProperty("scheme").GetString());
        Assert.Equal(resolution, tilejson.GetProperty("dataresolution").GetInt32());
        Assert.Equal(Math.Max(0, resolution - level), tilejson.GetProperty("maxresolution").GetInt32());
        Assert.Equal(0, tilejson.GetProperty("minresolution").GetInt32());
        Assert.Contains($"/v3/maps/main/table/{{i}}?name={table}&", tilejson.GetProperty("tiles")[0].GetString(), StringComparison.Ordinal);
        Assert.False(tilejson.TryGetProperty("invalid_cells", out _));
    }

    [Fact]
    public async Task Nulls_invalid_cells_and_other_resolutions_do_no_harm()
    {
        var scheme = CellScheme.H3;
        var fine = scheme.FromDegrees(-56.2, -34.9, 9);
        await fixture.Database.ExecuteAsync($"""
            CREATE TABLE demo.mixed (cell bigint);
            INSERT INTO demo.mixed VALUES (NULL), (0), (-1), (9223372036854775807), ({fine}), ({fine}), ({scheme.Parent(fine, 5)}), ({scheme.Parent(fine, 2)}),
              ({fine - 1}), ({fine & ~(1L << 18) | (7L << 39)}), ({scheme.FromDegrees(-56.2, -34.9, 15)});
            CREATE TABLE demo.texts AS SELECT to_hex(cell) AS cell FROM demo.mixed;
            INSERT INTO demo.texts VALUES (''), ('nonsense'), ('8'), (repeat('8', 1000)), ('99999999999999999999'), (' 8928308280fffff');
            """);
        using var client = fixture.Host().Owner();
        foreach (var table in (string[])["demo.mixed", "demo.texts"])
        {
            var url = CellsClient.Url("table", table, "h3", "cell", "count(*) AS n", 3);
            Assert.Equal(
                [(scheme.Parent(fine, 2), 1.0), (scheme.Parent(fine, 5), 4.0)],
                (await client.CellsAsync(url, scheme, scheme.Parent(fine, 2))).Select(cell => (cell.Cell, (double)cell.Properties["n"])).Order());
            // At resolution 3 the row of resolution 2 is in no tile.
            Assert.Equal(
                [(scheme.Parent(fine, 5), 1.0), (scheme.Parent(fine, 6), 3.0)],
                (await client.CellsAsync(url, scheme, scheme.Parent(fine, 3))).Select(cell => (cell.Cell, (double)cell.Properties["n"])).Order());
            var tilejson = await client.TileJsonAsync(url);
            Assert.Equal(table == "demo.mixed" ? 6 : 12, tilejson.GetProperty("invalid_cells").GetInt64());
        }
    }

    [Fact]
    public async Task Pentagons_have_six_children_and_their_missing_sector_is_ignored()
    {
        var scheme = CellScheme.H3;
        var pentagon = scheme.Roots().First(CartoPlatform.Tiles.H3.H3Cell.IsPentagon);
        var descendants = Descend(scheme, pentagon, 3);
        var (first, last) = scheme.Descendants(pentagon, 3);
        Assert.Equal(1 + 5 * (1 + 7 + 49), descendants.Count);
        // Every number in the range, those that are no cells included.
        await fixture.Database.ExecuteAsync($"CREATE TABLE demo.pentagon AS SELECT cell::bigint FROM generate_series({first}, {last}, {scheme.Finer(3) + 1}) AS cell");
        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("table", "demo.pentagon", "h3", "cell", "count(*) AS n", 1);
        var cells = await client.CellsAsync(url, scheme, pentagon);
        Assert.Equal(6, cells.Count);
        Assert.Equal(descendants.Count, cells.Sum(cell => (double)cell.Properties["n"]));
        Assert.Equal(descendants.Count, (await client.CellsAsync(url.Replace("aggregationResLevel=1", "aggregationResLevel=9", StringComparison.Ordinal), scheme, pentagon)).Count);
    }

    [Fact]
    public async Task Empty_table_and_tile_without_rows_are_204()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.none (cell text)");
        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("table", "demo.none", "quadbin", "cell", "count(*) AS n", 6);
        Assert.Empty(await client.CellsAsync(url, CellScheme.Quadbin, 5192650370358181887));
        var tilejson = await client.TileJsonAsync(url);
        Assert.Equal(0, tilejson.GetProperty("maxresolution").GetInt32());
        Assert.Equal(0, tilejson.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64());
    }

    private static List<long> Descend(CellScheme scheme, long cell, int resolution)
    {
        var children = new long[7];
        if (scheme.Resolution(cell) == resolution) return [cell];
        return [.. children[..scheme.Children(cell, children)].SelectMany(child => Descend(scheme, child, resolution))];
    }
}
