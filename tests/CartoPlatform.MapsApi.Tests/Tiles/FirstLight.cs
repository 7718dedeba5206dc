using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

public sealed class FirstLight(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    [Fact]
    public async Task Walk()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.p (id int primary key, name text, v numeric, at timestamptz, geom geometry(Point,4326)); INSERT INTO demo.p SELECT i, 'n'||i, i*1.5, now(), ST_SetSRID(ST_Point(i%100, i%50),4326) FROM generate_series(1,1000) i; ANALYZE demo.p");
        using var host = fixture.Start();
        using var client = host.Owner();
        foreach (var url in new[] {"/v3/maps/main/table?name=demo.p", "/v3/maps/main/table?name=demo.p&format=tilejson", "/v3/maps/main/query?q=select%20*%20from%20demo.p%20--x&format=tilejson", "/v3/maps/main/table/0/0/0?name=demo.p&formatTiles=mvt", "/v3/maps/main/query/0/0/0?q=select%20*%20from%20demo.p;&formatTiles=mvt"})
        {
            using var response = await client.GetAsync(new Uri(url, UriKind.Relative));
            var body = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Console.WriteLine($"{url} {response.StatusCode} {response.Content.Headers.ContentType} {body[..Math.Min(body.Length, 1500)]}");
        }
    }
}
