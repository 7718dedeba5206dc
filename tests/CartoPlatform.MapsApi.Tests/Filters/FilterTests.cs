using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Filters;

/// <summary>Filters of section 8, from the request to the rows that pass.</summary>
public sealed class FilterTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.stores (id int PRIMARY KEY, kind text, "Mixed" text, size bigint, small int2, rate float8, ratio float4, price numeric, open bool, opened timestamptz, day date, tags jsonb, geom geometry(Point, 4326));
        INSERT INTO demo.stores VALUES
          (1, 'Supermarket', 'Ácme Café', 10, 1, 0.1, 0.1, 0.10, true, '2024-01-01 00:00:00Z', '2024-01-01', '{"a":1}'),
          (2, 'Discount', 'acme 50%_off', 20, 2, 0.2, 0.2, 0.20, false, '2024-06-01 12:00:00Z', '2024-06-01', '[]'),
          (3, 'discount', 'The ACME (new)', 9007199254740993, 3, 'NaN', 'NaN', 1e30, true, '2024-12-31 23:59:59.999Z', '2024-12-31', '7'),
          (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (5, 'O''Hara; DROP', 'naïve', -5, -5, -1.5, -1.5, -1.50, false, '1969-12-31 00:00:00Z', '1969-12-31', '"x"');
        UPDATE demo.stores SET geom = ST_SetSRID(ST_Point(id, id), 4326);
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.stores");

    [Theory]
    [InlineData("{}", "1 2 3 4 5")]
    [InlineData("""{"kind":{}}""", "1 2 3 4 5")]
    [InlineData("""{"kind":{"in":{"values":["Supermarket","Discount"],"owner":"w"}}}""", "1 2")]
    [InlineData("""{"kind":{"in":{"values":[]}}}""", "")]
    [InlineData("""{"kind":{"in":{"values":[null]}}}""", "")]
    [InlineData("""{"kind":{"in":{"values":["O'Hara; DROP"]}}}""", "5")]
    [InlineData("""{"mixed":{"in":{"values":["naïve"]}}}""", "5")]
    [InlineData("""{"size":{"in":{"values":[10,"20",10.5,1e30]}}}""", "1 2")]
    [InlineData("""{"size":{"in":{"values":[9007199254740993]}}}""", "3")]
    [InlineData("""{"small":{"in":{"values":[1,70000]}}}""", "1")]
    [InlineData("""{"rate":{"in":{"values":[0.1]}}}""", "1")]
    [InlineData("""{"ratio":{"in":{"values":[0.1]}}}""", "1")]
    [InlineData("""{"price":{"in":{"values":[0.2,1e30]}}}""", "2 3")]
    [InlineData("""{"open":{"in":{"values":[true]}}}""", "1 3")]
    [InlineData("""{"open":{"in":{"values":["false"]}}}""", "2 5")]
    [InlineData("""{"opened":{"in":{"values":["2024-01-01T00:00:00Z"]}}}""", "1")]
    [InlineData("""{"opened":{"in":{"values":[1704067200000]}}}""", "1")]
    [InlineData("""{"day":{"in":{"values":["2024-06-01"]}}}""", "2")]
    [InlineData("""{"tags":{"in":{"values":["[]"]}}}""", "2")]
    [InlineData("""{"size":{"between":{"values":[[10,20]]}}}""", "1 2")]
    [InlineData("""{"size":{"between":{"values":[[9.5,10.5]]}}}""", "1")]
    [InlineData("""{"size":{"between":{"values":[[20,10]]}}}""", "")]
    [InlineData("""{"size":{"between":{"values":[[null,0],[15,null]]}}}""", "2 3 5")]
    [InlineData("""{"size":{"between":{"values":[[null,null]]}}}""", "1 2 3 5")]
    [InlineData("""{"size":{"between":{"values":[[]]}}}""", "1 2 3 5")]
    [InlineData("""{"size":{"between":{"values":[]}}}""", "")]
    [InlineData("""{"size":{"between":{"values":[[-1e300,1e300]]}}}""", "1 2 3 5")]
    [InlineData("""{"size":{"closed_open":{"values":[[10,20]]}}}""", "1")]
    [InlineData("""{"size":{"closed_open":{"values":[[10,20.5]]}}}""", "1 2")]
    [InlineData("""{"ratio":{"between":{"values":[[0.1,0.2]]}}}""", "1 2")]
    [InlineData("""{"rate":{"closed_open":{"values":[[-1.5,0.2]]}}}""", "1 5")]
    [InlineData("""{"price":{"between":{"values":[[0.15,1e30]]}}}""", "2 3")]
    [InlineData("""{"kind":{"between":{"values":[["D","E"]]}}}""", "2")]
    [InlineData("""{"opened":{"time":{"values":[[1704067200000,1717243200000]]}}}""", "1 2")]
    [InlineData("""{"opened":{"time":{"values":[[null,0]]}}}""", "5")]
    [InlineData("""{"opened":{"time":{"values":[["2024-12-31T23:59:59.999Z",null]]}}}""", "3")]
    [InlineData("""{"opened":{"time":{"values":[[-8640000000000000,8640000000000000]]}}}""", "1 2 3 5")]
    [InlineData("""{"day":{"time":{"values":[[1704067200000,1717243200000]]}}}""", "1 2")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["acme"]}}}""", "1 2 3")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["CAFÉ","naive"]}}}""", "1 5")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["acme"],"params":{"mustStart":true}}}}""", "1 2")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["cafe"],"params":{"mustEnd":true}}}}""", "1")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["ACME"],"params":{"caseSensitive":true}}}}""", "3")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["cafe"],"params":{"keepSpecialCharacters":true}}}}""", "")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["50%_"]}}}""", "2")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["%"]}}}""", "2")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["(new)"]}}}""", "3")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":["^(the|naive)"],"params":{"useRegExp":true}}}}""", "3 5")]
    [InlineData("""{"Mixed":{"stringSearch":{"values":[]}}}""", "1 2 3 5")]
    [InlineData("""{"size":{"stringSearch":{"values":[0]}}}""", "1 2 3")]
    [InlineData("""{"size":{"between":{"values":[[0,15],[20,25]]},"in":{"values":[20,99]}}}""", "2")]
    [InlineData("""{"size":{"between":{"values":[[0,100]]}},"open":{"in":{"values":[true]}}}""", "1")]
    public async Task Filter_passes_the_rows_it_describes(string filters, string ids)
    {
        var host = fixture.Host(("MapsApi:PointThinning", "false"));
        using var client = host.Owner();
        var features = await client.MvtAsync($"/v3/maps/main/table/0/0/0?name=demo.stores&columns=id&filters={MapsClient.Escape(filters)}");
        Assert.Equal(ids, string.Join(' ', features.Select(feature => feature.Properties["id"]).Order()));
    }

    [Theory]
    [InlineData("""{"kind":5}""", "The filter on kind must be a JSON object")]
    [InlineData("""{"kind":{"in":["a"]}}""", "The filter in on kind must be a JSON object")]
    [InlineData("""{"kind":{"in":{}}}""", "The filter in on kind needs values: an array of at most 10000 entries")]
    [InlineData("""{"kind":{"in":{"values":[{}]}}}""", "The filter on kind holds a value that is no number, text or boolean")]
    [InlineData("""{"size":{"between":{"values":[1,2]}}}""", "The filter on size needs pairs of a lower and an upper end")]
    [InlineData("""{"size":{"between":{"values":[[1,2,3]]}}}""", "The filter on size needs pairs of a lower and an upper end")]
    [InlineData("""{"size":{"between":{"values":[["a",2]]}}}""", "The filter on size cannot be used: the column holds numbers, which \"a\" is not")]
    [InlineData("""{"size":{"in":{"values":[true]}}}""", "The filter on size cannot be used: the column holds numbers, which \"true\" is not")]
    [InlineData("""{"open":{"in":{"values":["maybe"]}}}""", "The filter on open cannot be used: the column holds booleans, which \"maybe\" is not")]
    [InlineData("""{"tags":{"between":{"values":[[1,2]]}}}""", "The filter on tags cannot be used: the column holds values that have no order to filter by")]
    [InlineData("""{"kind":{"time":{"values":[[1,2]]}}}""", "The filter on kind cannot be used: the column holds no times")]
    [InlineData("""{"geom":{"in":{"values":["a"]}}}""", "The column geom holds geometry, which filters do not compare")]
    [InlineData("""{"opened":{"time":{"values":[["yesterdayish",null]]}}}""", "invalid input syntax for type timestamp with time zone: \"yesterdayish\"")]
    [InlineData("""{"kind":{"stringSearch":{"values":["("],"params":{"useRegExp":true}}}}""", "invalid regular expression: parentheses () not balanced")]
    [InlineData("""{"kind":{"stringSearch":{"values":["a"],"params":{"mustEnd":"yes"}}}}""", "The param mustEnd of the filter stringSearch on kind must be true or false")]
    public async Task Filter_that_cannot_be_used_is_one_clear_sentence(string filters, string error)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/table/0/0/0?name=demo.stores&filters={MapsClient.Escape(filters)}");
        Assert.Equal(error, body.GetProperty("error").GetString());
        Assert.Equal(400, (int)status);
    }

    [Theory]
    [InlineData(101, 1)]
    [InlineData(2, 2_001)]
    public async Task Search_for_more_than_a_reader_writes_is_refused(int texts, int characters)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var values = string.Join(',', Enumerable.Repeat($"\"{new string('a', characters)}\"", texts));
        var filters = MapsClient.Escape($$$$"""{"kind":{"stringSearch":{"values":[{{{{values}}}}]}}}""");
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/table/0/0/0?name=demo.stores&filters={filters}");
        Assert.Equal("The filter stringSearch on kind takes at most 100 texts, of 4000 characters together", body.GetProperty("error").GetString());
        Assert.Equal(400, (int)status);
    }

    [Fact]
    public async Task Query_with_parameters_and_filters_binds_both()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var url = $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape("SELECT * FROM demo.stores WHERE id > @least")}&queryParameters={MapsClient.Escape("""{"least":1}""")}"
            + $"&filters={MapsClient.Escape("""{"open":{"in":{"values":[false]}},"size":{"between":{"values":[[0,null]]}}}""")}";
        Assert.Equal([2UL], (await client.MvtAsync(url)).Select(feature => feature.Properties["id"]));
    }

    [Fact]
    public async Task Filters_reach_the_counts_and_the_bounds()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var filters = MapsClient.Escape("""{"id":{"between":{"values":[[2,3]]}}}""");
        Assert.Equal(2, (await client.OkAsync($"/v3/maps/main/table?name=demo.stores&filters={filters}")).GetProperty("nrows").GetInt64());
        var tileJson = await client.OkAsync($"/v3/maps/main/table?format=tilejson&name=demo.stores&filters={filters}");
        Assert.Equal("[2,2,3,3]", tileJson.GetProperty("bounds").GetRawText());
    }
}
