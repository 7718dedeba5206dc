using System.Collections.Concurrent;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Tests.Activity;

/// <summary>The other end of the wire: takes batches as the Workspace API does, or fails as it may.</summary>
internal sealed class ActivityPeer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ActivityPeer(WebApplication app) => _app = app;

    public ConcurrentQueue<ActivityBatch> Batches { get; } = new();

    public bool IsAway { get; set; }

    /// <summary>It keeps the batch, and its answer is lost.</summary>
    public bool LosesAnswers { get; set; }

    public string Url => _app.Urls.First();

    public IEnumerable<ActivityRecord> Calls => Batches.DistinctBy(batch => batch.Id).SelectMany(batch => batch.Calls);

    public long Requests => Batches.DistinctBy(batch => batch.Id).SelectMany(batch => batch.Usage).Sum(usage => usage.Requests);

    public static async Task<ActivityPeer> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var peer = new ActivityPeer(builder.Build());
        peer._app.MapPost(InternalRoutes.Activity, peer.Take);
        await peer._app.StartAsync();
        return peer;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        if (IsAway)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var batch = (await context.Request.ReadFromJsonAsync(ActivityJson.Default.ActivityBatch, context.RequestAborted))!;
        Batches.Enqueue(batch);
        if (LosesAnswers) context.Abort();
        else await context.Response.WriteAsJsonAsync(new ActivityReceipt(batch.Usage), ActivityJson.Default.ActivityReceipt, cancellationToken: context.RequestAborted);
    }
}
