using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>A class fixture for tests that share one running Workspace API, with the demo page and a second connection, and do not stop or restart it.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    private TestPlatform? _platform;
    private WorkspaceService? _service;

    internal PostGisFixture Database { get; } = new();

    internal TestPlatform Platform => _platform ?? throw new InvalidOperationException("The fixture has not been initialised.");

    internal WorkspaceService Service => _service ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        _platform = await TestPlatform.CreateAsync(Database);
        _platform.Settings["Demo:Enabled"] = "true";
        _platform.Settings["Bootstrap:Connections:1:Name"] = "other";
        _platform.Settings["Bootstrap:Connections:1:ReaderConnectionString"] = Database.ReaderConnectionString;
        _service = await _platform.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_platform is not null) await _platform.DisposeAsync();
        await Database.DisposeAsync();
    }
}
