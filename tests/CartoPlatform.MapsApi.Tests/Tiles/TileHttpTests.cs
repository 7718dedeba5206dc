using System.IO.Compression;
using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>Validators, codings and methods of tiles.</summary>
public sealed class TileHttpTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Url = "/v3/maps/main/table/0/0/0?name=demo.spots&formatTiles=mvt";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.spots AS SELECT 'spot number ' || i AS name, ST_SetSRID(ST_Point(i % 180, i % 80), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 500) AS i
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.spots");

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    public async Task Body_is_compressed_as_accepted_and_the_tag_says_so(string accepted, string? coding)
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var plain = await client.AskAsync(Url);
        if (accepted.Length > 0) client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await client.AskAsync(Url);

        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(coding is null, plain.Headers.ETag!.Equals(response.Headers.ETag));
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        Assert.Equal(await plain.Content.ReadAsByteArrayAsync(), Decode(await response.Content.ReadAsByteArrayAsync(), coding));
    }

    [Fact]
    public async Task Known_tag_is_304_and_survives_an_unrelated_order_of_rows()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var first = await client.AskAsync(Url);
        Assert.False(first.Headers.ETag!.IsWeak);
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.copy AS SELECT * FROM demo.spots ORDER BY random(); TRUNCATE demo.spots; INSERT INTO demo.spots SELECT * FROM demo.copy; DROP TABLE demo.copy");

        client.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", $"\"other\", W/{first.Headers.ETag}");
        using var second = await client.AskAsync(Url);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());

        await fixture.Database.ExecuteAsync("UPDATE demo.spots SET name = 'changed ' || name");
        using var third = await client.AskAsync(Url);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Instantiation_and_tilejson_are_never_304()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        client.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", "*");
        client.DefaultRequestHeaders.TryAddWithoutValidation("If-Modified-Since", "Sat, 21 Nov 2026 00:00:00 GMT");
        await client.OkAsync("/v3/maps/main/table?name=demo.spots");
        await client.OkAsync("/v3/maps/main/table?name=demo.spots&format=tilejson");
    }

    [Fact]
    public async Task Head_has_the_headers_of_get_and_no_body()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var get = await client.AskAsync(Url);
        using var head = await client.AskAsync(Url, HttpMethod.Head);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Tile_is_private_and_checked_on_every_use()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var response = await client.AskAsync(Url);
        Assert.Equal("no-cache, private", response.Headers.CacheControl!.ToString());
        Assert.Equal("application/vnd.mapbox-vector-tile", response.Content.Headers.ContentType!.ToString());
    }

    private static byte[] Decode(byte[] body, string? coding)
    {
        if (coding is null) return body;
        using var input = new MemoryStream(body);
        using Stream decoder = coding == "br" ? new BrotliStream(input, CompressionMode.Decompress) : new GZipStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        decoder.CopyTo(output);
        return output.ToArray();
    }
}
