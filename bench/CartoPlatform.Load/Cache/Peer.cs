using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <summary>Another HTTP cache, on the servers' core.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _folder;

    private Peer(Process process, string folder, int port) => (_process, _folder, Url) = (process, folder, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    public string Url { get; }

    public static Task<Peer> VarnishAsync(int origin) => StartAsync((folder, port) =>
    {
        // The token is no part of the object there: without this Varnish passes every request that has one.
        File.WriteAllText(Path.Combine(folder, "cache.vcl"), string.Create(CultureInfo.InvariantCulture, $$"""
            vcl 4.1;
            backend default { .host = "127.0.0.1"; .port = "{{origin}}"; }
            sub vcl_recv { unset req.http.Authorization; return (hash); }
            """));
        return ["varnishd", "-F", "-n", folder, "-a", $"127.0.0.1:{port}", "-f", Path.Combine(folder, "cache.vcl"), "-s", "malloc,128m"];
    });

    public static Task<Peer> NginxAsync(int origin) => StartAsync((folder, port) =>
    {
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off; worker_processes 1; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log; user root;
            events { worker_connections 1024; }
            http {
                access_log off; keepalive_requests 1000000000; sendfile on; tcp_nopush on;
                proxy_cache_path {{folder}}/cache keys_zone=all:16m max_size=128m; proxy_temp_path {{folder}}/temp; client_body_temp_path {{folder}}/body;
                fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://127.0.0.1:{{origin}}; proxy_cache all; proxy_http_version 1.1; } }
            }
            """));
        return ["nginx", "-c", file, "-p", folder];
    });

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Peer> StartAsync(Func<string, int, string[]> command)
    {
        var folder = Directory.CreateTempSubdirectory("carto-peer-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var port = FreePort();
        var start = new ProcessStartInfo("taskset", ["-c", Pinned.ServerCore, .. command(folder, port)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var peer = new Peer(Process.Start(start) ?? throw new InvalidOperationException("The peer could not be started."), folder, port);
        using var client = new HttpClient();
        await Wait.UntilAsync($"{start.ArgumentList[2]} answers", () => AnswersAsync(client, peer.Url), StartLimit);
        return peer;
    }

    private static async Task<bool> AnswersAsync(HttpClient client, string url)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(url));
            return true;
        }
        catch (HttpRequestException)
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
