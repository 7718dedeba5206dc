using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Client;

/// <summary>The directory as the other services see it, inside the Workspace API's process and from another one.</summary>
public sealed class WorkspaceDirectoryTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private const string RevokeAll = "UPDATE platform.tokens SET revoked_at = now()";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_are_the_same_inside_and_from_another_process(bool inside)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);
        var directory = inside ? service.Get<IWorkspaceDirectory>() : other.Directory;

        var token = await directory.FindTokenAsync(await OwnerIdAsync(service, platform), CancellationToken.None);
        var connection = await directory.FindConnectionAsync("carto_dw", CancellationToken.None);

        Assert.NotNull(token);
        Assert.True(token.IsOwner);
        Assert.Equal([new GrantRecord("*")], token.Grants);
        Assert.Equal(["sql", "maps", "imports", "lds"], token.AllowedApis);
        Assert.Empty(token.Referers);
        Assert.Null(token.ExpiresAt);
        Assert.Equal((database.ReaderConnectionString, database.OwnerConnectionString, 1L),
            (connection?.ReaderConnectionString, connection?.WriterConnectionString, connection?.Revision));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revocation_is_seen_within_a_second(bool inside)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);
        var directory = inside ? service.Get<IWorkspaceDirectory>() : other.Directory;
        var id = await OwnerIdAsync(service, platform);
        Assert.NotNull(await directory.FindTokenAsync(id, CancellationToken.None));

        await database.ExecuteAsync(RevokeAll);
        platform.Time.Advance(Second);

        Assert.Null(await directory.FindTokenAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Revocation_is_answered_when_other_processes_have_forgotten_the_token()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, TimeProvider.System);
        var (_, made) = await service.SendAsync(
            HttpMethod.Post, "/v3/tokens", platform.ReadOwnerToken(), new { grants = new[] { new { connection_name = "carto_dw" } } });
        var id = made.GetProperty("id").GetGuid();
        var known = await other.Directory.FindTokenAsync(id, CancellationToken.None);

        await service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{id}", platform.ReadOwnerToken());

        Assert.NotNull(known);
        Assert.Null(await other.Directory.FindTokenAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Name_that_cannot_be_is_null_and_not_an_error()
    {
        string[] names = ["none", "", "..", "../tokens", "a/b", "a\0b", "carto_dw ", "CARTO_DW", "ñ", "public", new string('x', 129)];
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);

        foreach (var name in names)
        {
            Assert.Null(await other.Directory.FindConnectionAsync(name, CancellationToken.None));
            Assert.Null(await other.Directory.FindMapDefinitionAsync(name, CancellationToken.None));
            Assert.Null(await service.Get<IWorkspaceDirectory>().FindConnectionAsync(name, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Known_records_outlive_the_workspace_api_for_an_hour_and_unknown_ones_are_unavailable()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);
        var id = await OwnerIdAsync(service, platform);
        await other.Directory.FindTokenAsync(id, CancellationToken.None);
        await other.Directory.FindConnectionAsync("carto_dw", CancellationToken.None);
        await other.Directory.SaveMapDefinitionAsync("abc", "{}", CancellationToken.None);

        await service.DisposeAsync();
        platform.Time.Advance(TimeSpan.FromMinutes(59));

        Assert.NotNull(await other.Directory.FindTokenAsync(id, CancellationToken.None));
        Assert.NotNull(await other.Directory.FindConnectionAsync("carto_dw", CancellationToken.None));
        await ExpectUnavailable(() => other.Directory.FindTokenAsync(Guid.NewGuid(), CancellationToken.None).AsTask());
        await ExpectUnavailable(() => other.Directory.FindMapDefinitionAsync("unknown", CancellationToken.None).AsTask());
        platform.Time.Advance(TimeSpan.FromMinutes(2));
        await ExpectUnavailable(() => other.Directory.FindTokenAsync(id, CancellationToken.None).AsTask());
        Assert.Equal("{}", await other.Directory.FindMapDefinitionAsync("abc", CancellationToken.None));
    }

    [Fact]
    public async Task Known_records_outlive_the_metadata_database_inside_the_process()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        var directory = service.Get<IWorkspaceDirectory>();
        var id = await OwnerIdAsync(service, platform);
        await directory.FindTokenAsync(id, CancellationToken.None);
        await using var admin = NpgsqlDataSource.Create(database.AdminConnectionString);

        await ExecuteAsync(admin, $"ALTER DATABASE {database.DatabaseName} CONNECTION LIMIT 0");
        await ExecuteAsync(admin, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.DatabaseName}' AND application_name = 'CartoPlatform metadata'");
        platform.Time.Advance(Second);
        try
        {
            Assert.NotNull(await directory.FindTokenAsync(id, CancellationToken.None));
            await ExpectUnavailable(() => directory.FindTokenAsync(Guid.NewGuid(), CancellationToken.None).AsTask());
        }
        finally
        {
            await ExecuteAsync(admin, $"ALTER DATABASE {database.DatabaseName} CONNECTION LIMIT -1");
        }

        platform.Time.Advance(Second);
        Assert.Null(await directory.FindTokenAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [Fact]
    public async Task Wrong_internal_key_is_unavailable_and_says_what_to_check()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time, "another-internal-key");

        var failure = await ExpectUnavailable(() => other.Directory.FindConnectionAsync("carto_dw", CancellationToken.None).AsTask());

        Assert.Contains("Platform:InternalKey", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another-internal-key", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Definition_that_one_saved_another_finds(bool inside)
    {
        const string Definition = """{"source":"SELECT 'ñ🙂'","z":1.0}""";
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);
        var (writer, reader) = inside ? (service.Get<IWorkspaceDirectory>(), other.Directory) : (other.Directory, service.Get<IWorkspaceDirectory>());

        await writer.SaveMapDefinitionAsync("abc", Definition, CancellationToken.None);
        await writer.SaveMapDefinitionAsync("abc", Definition, CancellationToken.None);

        Assert.Equal(Definition, await reader.FindMapDefinitionAsync("abc", CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Definition_over_the_limit_is_413(bool inside)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();
        using var other = new OtherProcess(service.InternalUrl, platform.Time);
        var directory = inside ? service.Get<IWorkspaceDirectory>() : other.Directory;
        var definition = $$"""{"a":"{{new string('x', WorkspaceLimits.MapDefinitionBytes)}}"}""";

        var failure = await Assert.ThrowsAsync<BadHttpRequestException>(
            () => directory.SaveMapDefinitionAsync("abc", definition, CancellationToken.None).AsTask());

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, failure.StatusCode);
    }

    private static async Task<Guid> OwnerIdAsync(WorkspaceService service, TestPlatform platform)
    {
        var claims = await service.Get<TokenVerifier>().VerifyAsync(platform.ReadOwnerToken());
        return claims!.Id;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static Task<WorkspaceUnavailableException> ExpectUnavailable(Func<Task> work) =>
        Assert.ThrowsAsync<WorkspaceUnavailableException>(work);
}
