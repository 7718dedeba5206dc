using System.Net;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tests.Sealing;

public sealed class KeyRotationTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private const string Envelope = "SELECT encode(substr(sealed_credentials, 2, 8), 'hex') FROM platform.connections WHERE name = 'carto_dw'";

    [Fact]
    public async Task Secrets_are_sealed_under_a_new_key_while_replicas_run()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var one = await platform.StartAsync();
        await using var other = await platform.StartAsync();
        var keyBefore = await platform.AskAsync<string>(Envelope);

        var (status, body) = await one.SendAsync(HttpMethod.Post, "/v3/keys/rotate", platform.ReadOwnerToken());
        var keyBetween = await platform.AskAsync<string>(Envelope);
        var (again, _) = await other.SendAsync(HttpMethod.Post, "/v3/keys/rotate", platform.ReadOwnerToken());
        platform.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((HttpStatusCode.OK, 1, HttpStatusCode.OK), (status, body.GetProperty("resealed").GetInt32(), again));
        Assert.Equal(3, new[] { keyBefore, keyBetween, await platform.AskAsync<string>(Envelope) }.Distinct().Count());
        foreach (var service in (WorkspaceService[])[one, other])
            Assert.Equal(database.ReaderConnectionString, (await service.Get<IWorkspaceDirectory>().FindConnectionAsync("carto_dw", CancellationToken.None))?.ReaderConnectionString);
        await using var restarted = await platform.StartAsync();
        Assert.NotNull(await restarted.Get<IWorkspaceDirectory>().FindConnectionAsync("carto_dw", CancellationToken.None));
    }

    [Fact]
    public async Task File_of_keys_is_the_owners_alone_and_holds_one_when_done()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();

        await service.SendAsync(HttpMethod.Post, "/v3/keys/rotate", platform.ReadOwnerToken());

        var file = Path.Combine(Path.GetDirectoryName(platform.OwnerTokenFile)!, "master-keys");
        Assert.Single(await File.ReadAllLinesAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
