using System.Net;
using System.Text.Json;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

/// <summary>A name that leads to a database when it is tried, and to what may not be dialled ever after (DNS rebinding).</summary>
public sealed class RebindingTests(PostGisFixture database) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private const string Host = "db.rebinding.example";
    private const string Refused = "127.0.0.2";
    private const string Silent = "127.0.0.3";
    private const string RefusedMessage = "its address is one that connections may not lead to";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(3);

    private readonly Names _names = new();

    private TestPlatform? _platform;
    private WorkspaceService? _service;
    private Trap? _trap;

    private NpgsqlConnectionStringBuilder Reader => new(database.ReaderConnectionString);

    private string Real => Reader.Host!;

    private TestPlatform Platform => _platform ?? throw new InvalidOperationException("The test has not been initialised.");

    private WorkspaceService Service => _service ?? throw new InvalidOperationException("The test has not been initialised.");

    private Trap Trap => _trap ?? throw new InvalidOperationException("The test has not been initialised.");

    public async Task InitializeAsync()
    {
        _trap = Trap.Set(Refused, Reader.Port);
        _platform = await TestPlatform.CreateAsync(database);
        _platform.Resolver = _names.ResolveAsync;
        _platform.Settings["Connections:RefusedNetworks:0"] = $"{Refused}/32";
        _service = await _platform.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_platform is not null) await _platform.DisposeAsync();
        if (_trap is not null) await _trap.DisposeAsync();
    }

    [Fact]
    public async Task Name_that_leads_elsewhere_once_it_was_tried_is_not_dialled_there()
    {
        _names[Host] = [Real];
        await CreateAsync();
        Assert.Equal(HttpStatusCode.OK, await LookAsync());

        _names[Host] = [Refused];
        var (_, test) = await AskAsync(HttpMethod.Post, "/moving/test");
        var (changed, _) = await AskAsync(HttpMethod.Patch, "/moving", new { config = new { password = Reader.Password } });
        Platform.Time.Advance(Idle);
        var looked = await LookAsync();
        _names[Host] = [Real, Refused];
        Platform.Time.Advance(Idle);
        var lookedAtBoth = await LookAsync();

        Assert.Equal(RefusedMessage, test.GetProperty("error").GetString());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (changed, looked, lookedAtBoth));
        Assert.False(Trap.HasCaught);
    }

    [Fact]
    public async Task Name_that_leads_elsewhere_each_time_never_leads_there()
    {
        _names[Host] = [Real];
        await CreateAsync();
        var told = new HashSet<string?>();

        _names.Alternate(Host, Real, Refused, Real);
        for (var i = 0; i < 12; i++)
        {
            Platform.Time.Advance(Idle);
            await LookAsync();
            told.Add((await AskAsync(HttpMethod.Post, "/moving/test")).Body.GetProperty("error").GetString());
        }

        Assert.Equal([RefusedMessage, null], told.OrderDescending(StringComparer.Ordinal));
        Assert.False(Trap.HasCaught);
    }

    [Fact]
    public async Task Server_that_moves_is_followed_and_the_address_that_answers_is_taken()
    {
        _names[Host] = [Silent, Real];
        await CreateAsync();
        var first = await LookAsync();
        _names[Host] = [Silent];
        Platform.Time.Advance(Idle);
        var gone = await LookAsync();
        _names[Host] = [Real];
        Platform.Time.Advance(Idle);
        var back = await LookAsync();
        // Nobody knows where it is: it is where it was.
        _names[Host] = [];
        Platform.Time.Advance(Idle);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (first, gone, back));
        Assert.Equal(HttpStatusCode.OK, await LookAsync());
    }

    [Fact]
    public async Task Replica_that_leads_elsewhere_is_left_out()
    {
        _names[Host] = [Real];
        _names["replica.example"] = [Real];
        await CreateAsync("replica.example");
        _names["replica.example"] = [Refused];
        Platform.Time.Advance(Idle);

        Assert.Equal(HttpStatusCode.OK, await LookAsync());
        Assert.False(Trap.HasCaught);
    }

    [Fact]
    public async Task Connection_of_the_configuration_leads_where_it_says()
    {
        await Service.DisposeAsync();
        Platform.Settings["Connections:RefusedNetworks:0"] = "0.0.0.0/0";
        Platform.Settings["Connections:RefusedNetworks:1"] = "::/0";
        _service = await Platform.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await LookAsync("carto_dw"));
        Assert.True((await AskAsync(HttpMethod.Post, "/carto_dw/test")).Body.GetProperty("success").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Post, "", Body(Real, null))).Status);
    }

    private async Task CreateAsync(string? replica = null)
    {
        var (status, told) = await AskAsync(HttpMethod.Post, "", Body(Host, replica));
        Assert.True(status == HttpStatusCode.OK, told.GetRawText());
    }

    private object Body(string host, string? replica) => new
    {
        name = "moving",
        provider = "postgres",
        config = new
        {
            host,
            port = Reader.Port,
            database = Reader.Database,
            username = Reader.Username,
            password = Reader.Password,
            replicas = replica is null ? [] : new[] { new { host = replica } },
        },
    };

    /// <summary>By the pool of the connection.</summary>
    private async Task<HttpStatusCode> LookAsync(string name = "moving") => (await AskAsync(HttpMethod.Get, $"/{name}/resources/{Reader.Database}")).Status;

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, object? body = null) =>
        Service.SendAsync(method, $"/v3/connections{path}", Platform.ReadOwnerToken(), body);
}
