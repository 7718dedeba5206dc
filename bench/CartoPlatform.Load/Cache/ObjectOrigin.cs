using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Load.Cache;

/// <summary>Answers stored objects from memory and does nothing else: what the peers fetch from, and in a process of its own the bare Kestrel.</summary>
internal sealed class ObjectOrigin : IAsyncDisposable
{
    public const string Argument = "bare-kestrel";

    private readonly WebApplication? _app;
    private readonly Process? _process;

    private ObjectOrigin(WebApplication? app, Process? process, string url) => (_app, _process, Url) = (app, process, url);

    public string Url { get; }

    public int Port => new Uri(Url).Port;

    public static async Task<ObjectOrigin> StartAsync(IReadOnlyList<StoredObject> objects)
    {
        var app = Build(objects);
        await app.StartAsync();
        return new ObjectOrigin(app, null, app.Urls.Single());
    }

    /// <summary>In a process of its own, on the servers' core.</summary>
    public static async Task<ObjectOrigin> StartProcessAsync(IReadOnlyList<StoredObject> objects)
    {
        var start = new ProcessStartInfo("taskset", ["-c", Pinned.ServerCore, "dotnet", typeof(ObjectOrigin).Assembly.Location, Argument]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("Kestrel could not be started.");
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(objects));
        var url = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Kestrel has ended.");
        return new ObjectOrigin(null, process, url);
    }

    public static async Task RunAsync()
    {
        var objects = JsonSerializer.Deserialize<StoredObject[]>(await Console.In.ReadLineAsync() ?? "[]") ?? [];
        await using var app = Build(objects);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.Single());
        // Until the parent goes.
        await Console.In.ReadLineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_process is null) return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static WebApplication Build(IReadOnlyList<StoredObject> objects)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var byPath = objects.ToDictionary(stored => stored.Path);
        app.Run(context =>
        {
            if (!byPath.TryGetValue(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var stored)) return Task.CompletedTask;
            var response = context.Response;
            response.Headers.CacheControl = "max-age=3600";
            response.Headers.ETag = stored.Tag;
            response.Headers.Vary = new StringValues("Accept-Encoding");
            if (context.Request.Headers.IfNoneMatch == stored.Tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            response.ContentType = stored.ContentType;
            response.Headers.ContentEncoding = stored.Coding;
            response.ContentLength = stored.Body.Length;
            return response.Body.WriteAsync(stored.Body).AsTask();
        });
        return app;
    }
}
