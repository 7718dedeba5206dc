using System.Net;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.Redis;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>The topologies whose parts the client suites know from elsewhere: each starts, answers and stops without a trace.</summary>
public sealed class TopologySmokeTests
{
    [Theory, MemberData(nameof(Topologies.Others), MemberType = typeof(Topologies))]
    public async Task Topology_starts_answers_and_stops(string topology)
    {
        await using var platform = new TestPlatform(topology);
        // What goes to the outside goes there by a proxy, and nothing inside does: this one would refuse it.
        foreach (var variable in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) platform.Environment[variable] = "http://127.0.0.1:9";
        // Somebody else's Redis, with TLS and a user, in place of the topology's own.
        await using var redis = await RedisServer.StartTlsAsync("carto", "secret");
        platform.Environment["Redis__ConnectionString"] = $"rediss://carto:secret@{redis.Address}";
        platform.Environment["Redis__CertificateAuthorityFile"] = redis.AuthorityFile;
        var status = await platform.UpAsync("--no-sample");
        await using (var database = PlatformDatabase.Open(status))
        {
            await database.ExecuteAsync("CREATE TABLE public.seen (id bigint PRIMARY KEY, geom geometry(Point, 4326))");
            await database.ExecuteAsync("INSERT INTO public.seen VALUES (1, ST_SetSRID(ST_MakePoint(2, 41), 4326))");
        }

        using var client = TestPlatform.CreateClient(status);
        Assert.Contains("\"id\":1", await client.GetStringAsync("/v3/sql/carto_dw/query?q=SELECT+id+FROM+public.seen"), StringComparison.Ordinal);
        using var tile = await client.GetAsync(await MapAddress.OfTileAsync(client, status.Connection, "SELECT id, geom FROM public.seen", 0, 0, 0));
        Assert.Equal(HttpStatusCode.OK, tile.StatusCode);
        Assert.NotEmpty(await tile.Content.ReadAsByteArrayAsync());
        using var model = await client.GetAsync(
            $"/v3/sql/carto_dw/model/formula?type=table&source=public.seen&params={Uri.EscapeDataString("""{"column":"id","operation":"count"}""")}&client=test");
        Assert.True(model.StatusCode == HttpStatusCode.OK, await model.Content.ReadAsStringAsync());

        using var ready = await client.GetAsync(new Uri(status.Services[^1].Url, "/health/ready"));
        Assert.Contains("\"redis\":{\"status\":\"healthy\"", (await ready.Content.ReadAsStringAsync()).Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(status.Services, service => service.IsStore);

        var down = await platform.RunAsync("down", "--remove-data");
        Assert.True(down.ExitCode == 0, down.ToString());
        Assert.False(Directory.Exists(platform.DataFolder));
        Assert.Empty(PlatformProcesses.Of(platform.DataFolder));
        // Where a database lies that PostgreSQL's account could not reach in the folder.
        const string Elsewhere = "/var/lib/cartoplatform";
        Assert.DoesNotContain(Directory.Exists(Elsewhere) ? Directory.GetFiles(Elsewhere, "*.owner") : [], note => File.ReadAllText(note) == platform.DataFolder);
        Assert.Contains("no platform", (await platform.RunAsync("down", "--remove-data")).Error, StringComparison.Ordinal);
    }
}
