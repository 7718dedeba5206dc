using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache.Tests.Hosting;

/// <summary>Stands between the cache and the APIs: counts requests, holds them back, or fails them.</summary>
public sealed class OriginSwitch
{
    private int _requests;

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>A status to answer in place of the API.</summary>
    public int? Failure { get; set; }

    /// <summary>What every request waits for before it goes on.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>What every answer waits for before it goes back.</summary>
    public Func<Task> After { get; set; } = () => Task.CompletedTask;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _requests);
        await Before(context.RequestAborted);
        if (Failure is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("{\"error\":\"failed\"}");
            return;
        }

        await next(context);
        await After();
    }
}
