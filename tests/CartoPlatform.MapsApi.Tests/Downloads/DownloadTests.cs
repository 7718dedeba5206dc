using System.Text.Json;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Downloads;

/// <summary>Direct data formats (contract, section 2.4).</summary>
public sealed class DownloadTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.sites (id bigint, name text, rate float8, opened timestamptz, tags jsonb, geom geometry(Point, 3857));
        INSERT INTO demo.sites VALUES (9007199254740993, 'a "b"', 'NaN', '2024-05-01 10:00:00+02', '{"k":[1]}', ST_Transform('SRID=4326;POINT(10 20)'::geometry, 3857)), (2, NULL, 0.5, NULL, NULL, NULL);
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.sites");

    [Theory]
    [InlineData("json", "application/json", """[{"id":"9007199254740993","name":"a \"b\"","rate":null,"opened":"2024-05-01T08:00:00Z","tags":{"k": [1]},"geom":{"type":"Point","coordinates":[10,20]}},{"id":2,"name":null,"rate":0.5,"opened":null,"tags":null,"geom":null}]""")]
    [InlineData("ndjson", "application/x-ndjson", "{\"id\":\"9007199254740993\",\"name\":\"a \\\"b\\\"\",\"rate\":null,\"opened\":\"2024-05-01T08:00:00Z\",\"tags\":{\"k\": [1]},\"geom\":{\"type\":\"Point\",\"coordinates\":[10,20]}}\n{\"id\":2,\"name\":null,\"rate\":0.5,\"opened\":null,\"tags\":null,\"geom\":null}")]
    [InlineData("geojson&columns=name", "application/geo+json", """{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[10,20]},"properties":{"name":"a \"b\""}},{"type":"Feature","geometry":null,"properties":{"name":null}}]}""")]
    [InlineData("geojson&columns=geom&filters=%7B%22id%22:%7B%22in%22:%7B%22values%22:[2]%7D%7D%7D", "application/geo+json", """{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}]}""")]
    [InlineData("json&filters=%7B%22id%22:%7B%22in%22:%7B%22values%22:[]%7D%7D%7D", "application/json", "[]")]
    [InlineData("ndjson&filters=%7B%22id%22:%7B%22in%22:%7B%22values%22:[]%7D%7D%7D", "application/x-ndjson", "")]
    public async Task Rows_come_in_the_form_asked_for(string format, string contentType, string body)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var response = await client.AskAsync($"/v3/maps/main/table?name=demo.sites&format={format}");
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Large_source_is_streamed_whole()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var body = await client.OkAsync($"/v3/maps/main/query?format=json&q={MapsClient.Escape("SELECT i, repeat('x', 100) AS t, ST_SetSRID(ST_Point(1, 2), 4326) AS geom FROM generate_series(1, 100000) AS i")}");
        Assert.Equal(100_000, body.GetArrayLength());
    }

    [Fact]
    public async Task Error_in_the_first_rows_is_a_clean_answer()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/query?format=json&q={MapsClient.Escape("SELECT 1 / (100 - i) AS v, ST_SetSRID(ST_Point(1, 2), 4326) AS geom FROM generate_series(1, 200) AS i")}");
        Assert.Equal(400, (int)status);
        Assert.Equal("division by zero", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Error_behind_the_first_rows_cuts_the_answer()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var url = $"/v3/maps/main/query?format=json&q={MapsClient.Escape("SELECT 1 / (100000 - i) AS v, repeat('x', 100) AS t, ST_SetSRID(ST_Point(1, 2), 4326) AS geom FROM generate_series(1, 100001) AS i")}";
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var response = await client.AskAsync(url);
            JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        });
    }
}
