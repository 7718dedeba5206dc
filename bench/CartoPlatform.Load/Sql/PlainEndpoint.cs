using System.Diagnostics;
using Dapper;
using Npgsql;

namespace CartoPlatform.Load.Sql;

/// <summary>What one would write without this project: Dapper and System.Text.Json on a minimal endpoint, streaming, in a process of its own.</summary>
internal sealed class PlainEndpoint : IDisposable
{
    public const string Argument = "plain-endpoint";

    private const string ConnectionVariable = "LOAD_CONNECTION";

    private readonly Process _process;

    private PlainEndpoint(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    public static async Task<PlainEndpoint> StartAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PlainEndpoint).Assembly.Location, Argument]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment[ConnectionVariable] = connectionString;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The plain endpoint could not be started.");
        var url = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The plain endpoint has ended.");
        return new PlainEndpoint(process, new Uri(url));
    }

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var database = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable(ConnectionVariable) ?? "");
        await using var app = builder.Build();
        app.MapGet("/rows", async (string q, HttpContext context) =>
        {
            await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
            await context.Response.WriteAsJsonAsync(new { rows = connection.QueryUnbufferedAsync(q) }, context.RequestAborted);
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        // The one who started it closes the pipe, however it ends.
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
