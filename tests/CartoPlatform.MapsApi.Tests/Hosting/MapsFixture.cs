using System.Collections.Concurrent;
using System.Net.Http.Headers;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Warm;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.Testing.Workspace;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.MapsApi.Tests.Hosting;

/// <summary>The Maps API on a database of its own, with the connection <c>main</c> to it and an owner's token.</summary>
public sealed class MapsFixture : IAsyncLifetime
{
    public const string Connection = "main";

    private readonly PostGisFixture _database = new();
    private readonly ConcurrentDictionary<string, MapsHost> _hosts = new();
    private WorkspaceStub? _workspace;

    public WorkspaceStub Workspace => _workspace ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public PostGisFixture Database => _database;

    public TokenRecord OwnerToken { get; } = Token(isOwner: true);

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.ExecuteAsync("CREATE SCHEMA demo");
        _workspace = await WorkspaceStub.StartAsync();
        Workspace.Tokens[OwnerToken.Id] = OwnerToken;
        Workspace.Connections[Connection] = new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = Connection,
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = _database.ReaderConnectionString,
        };
    }

    public async Task DisposeAsync()
    {
        // Not Dispose, which waits for the same and can starve a test runner of threads.
        foreach (var host in _hosts.Values) await host.DisposeAsync();
        if (_workspace is not null) await _workspace.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A Maps API with these settings; the same one for the same settings, closed with the fixture.</summary>
    public MapsHost Host(params (string Key, string Value)[] settings) =>
        _hosts.GetOrAdd(string.Join(';', settings), _ => new MapsHost(this, settings));

    public TokenRecord AddToken(params GrantRecord[] grants)
    {
        var token = Token(isOwner: false, grants);
        Workspace.Tokens[token.Id] = token;
        return token;
    }

    private static TokenRecord Token(bool isOwner, params GrantRecord[] grants) => new()
    {
        Id = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Grants = grants,
        AllowedApis = ["maps"],
        IsOwner = isOwner,
    };
}

/// <summary>A running Maps API and the callers it can have.</summary>
public sealed class MapsHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory = new();
    private readonly WebApplicationFactory<Program> _host;
    private readonly MapsFixture _fixture;

    public MapsHost(MapsFixture fixture, (string Key, string Value)[] settings)
    {
        _fixture = fixture;
        _host = _factory.WithWebHostBuilder(builder =>
        {
            builder.UseSetting("Workspace:Url", fixture.Workspace.Url);
            builder.UseSetting("Platform:InternalKey", "an-internal-key-for-tests");
            builder.UseSetting("Tokens:SigningKey", Convert.ToBase64String(new byte[32]));
            foreach (var (key, value) in settings) builder.UseSetting(key, value);
        });
    }

    /// <summary>Tiles that came out of memory.</summary>
    public long WarmTiles => _host.Services.GetRequiredService<WarmLayers>().Answered;

    public HttpClient Anonymous() => _host.CreateClient();

    public HttpClient Owner() => As(_fixture.OwnerToken);

    public HttpClient As(TokenRecord token)
    {
        var client = _host.CreateClient();
        var text = _host.Services.GetRequiredService<TokenIssuer>().Issue(token, DateTimeOffset.UnixEpoch);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _factory.DisposeAsync();
    }
}
