using System.Net;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Bootstrap;

public sealed class OwnerTokenTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private const string ValidOwners = "SELECT count(*) FROM platform.tokens WHERE kind = 'owner' AND revoked_at IS NULL";

    [Fact]
    public async Task First_start_writes_a_token_that_works_and_only_its_user_can_read()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(platform.OwnerTokenFile));
        Assert.Equal([platform.OwnerTokenFile], Directory.GetFiles(Path.GetDirectoryName(platform.OwnerTokenFile)!));
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/v3/connections", platform.ReadOwnerToken())).StatusCode);
    }

    [Fact]
    public async Task Next_start_keeps_the_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        var first = platform.ReadOwnerToken();

        await (await platform.StartAsync()).DisposeAsync();

        Assert.Equal(first, platform.ReadOwnerToken());
        Assert.Equal(1, await platform.AskAsync<long>("SELECT count(*) FROM platform.tokens WHERE kind = 'owner'"));
    }

    [Fact]
    public async Task File_that_was_opened_to_others_is_closed_again()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        File.SetUnixFileMode(platform.OwnerTokenFile, (UnixFileMode)0b110_100_100);

        await (await platform.StartAsync()).DisposeAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(platform.OwnerTokenFile));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("something else")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task Lost_or_foreign_file_gets_a_new_token_and_ends_the_old(string? content)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        var old = platform.ReadOwnerToken();
        File.Delete(platform.OwnerTokenFile);
        if (content is not null) await File.WriteAllTextAsync(platform.OwnerTokenFile, content);

        await using var service = await platform.StartAsync();

        Assert.NotEqual(old, platform.ReadOwnerToken());
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/v3/connections", platform.ReadOwnerToken())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/v3/connections", old)).StatusCode);
        Assert.Equal(1, await platform.AskAsync<long>(ValidOwners));
    }

    [Fact]
    public async Task Enormous_file_is_not_taken_for_a_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await File.WriteAllTextAsync(platform.OwnerTokenFile, new string('x', 10_000_000));

        await using var service = await platform.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/v3/connections", platform.ReadOwnerToken())).StatusCode);
    }

    [Fact]
    public async Task Demo_token_in_the_file_is_not_taken_for_the_owners()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        platform.Settings["Demo:Enabled"] = "true";
        await using (var service = await platform.StartAsync())
        {
            var config = await (await service.GetAsync("/demo/config.json")).Content.ReadAsStringAsync();
            await File.WriteAllTextAsync(platform.OwnerTokenFile, config.Split('"')[3]);
        }

        await using var next = await platform.StartAsync();

        var config2 = await (await next.GetAsync("/demo/config.json")).Content.ReadAsStringAsync();
        Assert.NotEqual(config2.Split('"')[3], platform.ReadOwnerToken());
    }

    [Fact]
    public async Task Other_signing_key_makes_a_new_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        var old = platform.ReadOwnerToken();
        platform.Settings["Tokens:SigningKey"] = Convert.ToBase64String(new byte[32]);

        await using var service = await platform.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/v3/connections", old)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/v3/connections", platform.ReadOwnerToken())).StatusCode);
    }

    [Fact]
    public async Task Replicas_that_start_together_agree_on_one_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);

        var replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => platform.StartAsync()));

        Assert.Equal(1, await platform.AskAsync<long>("SELECT count(*) FROM platform.tokens WHERE kind = 'owner'"));
        Assert.Equal(1, await platform.AskAsync<long>("SELECT count(*) FROM platform.accounts"));
        Assert.Equal(1, await platform.AskAsync<long>("SELECT revision FROM platform.connections"));
        foreach (var replica in replicas)
        {
            Assert.Equal(HttpStatusCode.OK, (await replica.GetAsync("/v3/connections", platform.ReadOwnerToken())).StatusCode);
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task File_that_cannot_be_written_stops_the_start_and_keeps_the_old_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        platform.Settings["Bootstrap:OwnerTokenFile"] = Path.Combine(platform.OwnerTokenFile, "no-folder", "token");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(platform.StartAsync);

        Assert.StartsWith("Bootstrap:OwnerTokenFile cannot be read and written", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await platform.AskAsync<long>(ValidOwners));
        platform.Settings["Bootstrap:OwnerTokenFile"] = platform.OwnerTokenFile;
        var old = platform.ReadOwnerToken();
        await using var service = await platform.StartAsync();
        Assert.Equal(old, platform.ReadOwnerToken());
    }

    [Fact]
    public async Task Without_a_file_setting_no_token_is_made()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        platform.Settings.Remove("Bootstrap:OwnerTokenFile");

        await using var service = await platform.StartAsync();

        Assert.Equal(0, await platform.AskAsync<long>(ValidOwners));
    }
}
