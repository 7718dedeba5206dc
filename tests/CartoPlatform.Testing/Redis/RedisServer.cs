using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Testing.Redis;

/// <summary>A Redis server of one's own, which can be stopped, started again empty, and paused.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _folder = TestFolder.Create();
    private readonly string[] _settings;
    private bool _isTls;
    private string? _configuration;
    private Process? _process;

    private RedisServer(string[] settings) => (Port, _settings) = (FreePort(), settings);

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <param name="settings">As on the command line of redis-server.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>
    /// One that speaks TLS alone, with a certificate of an authority made for it, and knows one user.
    /// </summary>
    public static async Task<RedisServer> StartTlsAsync(string user, string password)
    {
        string[] tls = ["--tls-cert-file", "server.crt", "--tls-key-file", "server.key", "--tls-ca-cert-file", "ca.crt", "--tls-auth-clients", "no"];
        string[] users = ["--user", "default", "off", "--user", user, "on", $">{password}", "~*", "&*", "+@all"];
        var server = new RedisServer([.. tls, .. users]) { _isTls = true };
        TestAuthority.Write(server._folder);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>The authority's certificate, where the server was started with TLS.</summary>
    public string AuthorityFile => Path.Combine(_folder, TestAuthority.AuthorityFile);

    /// <summary>A Sentinel that watches one master.</summary>
    public static async Task<RedisServer> StartSentinelAsync(string master, int port)
    {
        var server = new RedisServer([]);
        server._configuration = Path.Combine(server._folder, "sentinel.conf");
        await File.WriteAllTextAsync(server._configuration, string.Create(CultureInfo.InvariantCulture, $"sentinel monitor {master} 127.0.0.1 {port} 1\n"));
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        string[] arguments = _configuration is not null
            ? [_configuration, "--port", Port.ToString(CultureInfo.InvariantCulture), "--sentinel"]
            : [.. Listening(), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "no", .. _settings];
        _process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder })
            ?? throw new InvalidOperationException("redis-server could not be started.");
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        var stop = ProcessIdentity.Of(_process.Id) is { } process ? Watchdog.IfAlive(process, $"kill -CONT {process.Id}; kill {process.Id}") : ":";
        Watchdog.Start($"{stop}; rm -rf '{_folder}'");
        await Wait.UntilAsync("redis-server listens", IsListeningAsync, Limit);
    }

    private string[] Listening()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return _isTls ? ["--port", "0", "--tls-port", port] : ["--port", port];
    }

    public async Task StopAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        // Its process id belongs to us while the object is there.
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
