using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Tiles;

/// <summary>
/// MapServer on the same tables, as its manual has it for many requests: processes of FastCGI behind nginx, each with one connection to the
/// database that stays open.
/// </summary>
internal sealed class MapServer : IAsyncDisposable
{
    private const int Processes = 4;

    private static readonly string[] Programs = ["mapserv", "spawn-fcgi", "nginx"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly List<Process> _processes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-mapserver-").FullName;

    public int Port { get; } = FreePort();

    public double ProcessorMilliseconds => _processes.Sum(process =>
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    });

    /// <summary>Whether its programs are on this machine; says which is not.</summary>
    public static bool CanStart()
    {
        if (Programs.FirstOrDefault(program => Find(program) is null) is not { } missing) return true;
        Console.WriteLine($"MapServer is no contestant: there is no {missing} on this machine (Debian: cgi-mapserver, spawn-fcgi, nginx).");
        return false;
    }

    /// <summary>When the tables are there.</summary>
    public async Task EnsureStartedAsync(string postgres, TileSet set)
    {
        if (_processes.Count > 0) return;
        await File.WriteAllTextAsync(PathOf("bench.map"), MapFile(postgres));
        await File.WriteAllTextAsync(PathOf("mapconf"), "CONFIG\n  ENV\n  END\nEND\n");
        var environment = new Dictionary<string, string> { ["MAPSERVER_CONFIG_FILE"] = PathOf("mapconf") };
        for (var i = 0; i < Processes; i++) Start("spawn-fcgi", ["-n", "-s", SocketOf(i), "--", Find("mapserv")!], environment);
        await File.WriteAllTextAsync(PathOf("nginx.conf"), NginxConfiguration());
        Start("nginx", ["-c", PathOf("nginx.conf"), "-e", PathOf("error.log")], []);
        await WaitAsync(set);
    }

    /// <summary>Of a tile with the attributes that are compared, and the same buffer.</summary>
    public static string PathFor(TileSet set) => $"/?mode=tile&tilemode=gmap&tile={{x}}+{{y}}+{{z}}&layers={set.Table}&map.imagetype={(set.IsPoints ? "points" : "shapes")}";

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string MapFile(string postgres) => $"""
        MAP
          NAME "bench"
          SIZE 256 256
          MAXSIZE 8192
          EXTENT -20037508.342789244 -20037508.342789244 20037508.342789244 20037508.342789244
          PROJECTION "init=epsg:3857" END
          WEB METADATA "ows_enable_request" "*" END END
          OUTPUTFORMAT NAME "points" DRIVER "MVT" FORMATOPTION "EXTENT={TileSet.Extent}" FORMATOPTION "EDGE_BUFFER=0" END
          OUTPUTFORMAT NAME "shapes" DRIVER "MVT" FORMATOPTION "EXTENT={TileSet.Extent}" FORMATOPTION "EDGE_BUFFER=64" END
        {Layer(TileTables.Points, "POINT", postgres)}
        {Layer(TileTables.Polygons, "POLYGON", postgres)}
        END
        """;

    private static string Layer(string table, string type, string postgres) => $"""
          LAYER
            NAME "{table}"
            TYPE {type}
            STATUS ON
            CONNECTIONTYPE POSTGIS
            CONNECTION "{postgres}"
            PROCESSING "CLOSE_CONNECTION=DEFER"
            DATA "the_geom_webmercator FROM (SELECT the_geom_webmercator, cartodb_id, name, category, value FROM {table}) AS t USING UNIQUE cartodb_id USING SRID=3857"
            PROJECTION "init=epsg:3857" END
            METADATA "gml_include_items" "cartodb_id,name,category,value" "gml_types" "auto" END
          END
        """;

    private string NginxConfiguration() => string.Create(CultureInfo.InvariantCulture, $$"""
        daemon off; master_process off; pid {{_folder}}/nginx.pid; user root;
        events { worker_connections 1024; }
        http {
            access_log off; keepalive_requests 1000000000;
            client_body_temp_path {{_folder}}/body; fastcgi_temp_path {{_folder}}/temp; proxy_temp_path {{_folder}}/proxy; uwsgi_temp_path {{_folder}}/uwsgi; scgi_temp_path {{_folder}}/scgi;
            upstream mapserver { least_conn; {{string.Concat(Enumerable.Range(0, Processes).Select(i => $"server unix:{SocketOf(i)}; "))}} keepalive {{Processes}}; }
            server {
                listen 127.0.0.1:{{Port}};
                location / {
                    fastcgi_pass mapserver; fastcgi_keep_conn on; fastcgi_buffers 64 64k;
                    fastcgi_param MS_MAPFILE {{PathOf("bench.map")}}; fastcgi_param REQUEST_METHOD GET; fastcgi_param QUERY_STRING $query_string; fastcgi_param SERVER_NAME localhost;
                    fastcgi_param SERVER_PORT $server_port; fastcgi_param SCRIPT_NAME /; fastcgi_param SERVER_PROTOCOL $server_protocol;
                }
            }
        }
        """);

    private void Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _processes.Add(Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started."));
    }

    private async Task WaitAsync(TileSet set)
    {
        using var client = new HttpClient();
        var url = new Uri($"http://127.0.0.1:{Port}{PathFor(set).Replace("{x}+{y}+{z}", "0+0+24", StringComparison.Ordinal)}");
        await Wait.UntilAsync("MapServer answers", () => AnswersAsync(client, url), StartLimit);
    }

    // While a process of it starts nginx has no answer; where its mapfile is wrong it answers with a page that says so.
    private static async Task<bool> AnswersAsync(HttpClient client, Uri url)
    {
        try
        {
            using var answer = await client.GetAsync(url);
            if (!answer.IsSuccessStatusCode) return false;
            return answer.Content.Headers.ContentType?.MediaType is not "text/html" ? true : throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
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

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string SocketOf(int process) => PathOf($"{process}.sock");
}
