using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace CartoPlatform.Forwarding;

/// <summary>
/// Gives up on a replica that has fallen silent with a request on it, where the request may be sent again and another replica is well.
/// Comes after the choice of a replica; <see cref="Repetition"/> asks the next one.
/// </summary>
internal sealed class Abandonment(Probes probes)
{
    private static readonly object Mark = new();

    /// <summary>Whether the last attempt ended because its replica had fallen silent.</summary>
    public static bool Has(HttpContext context) =>
        context.Items.ContainsKey(Mark) && context.Features.Get<IForwarderErrorFeature>() is { Error: ForwarderError.RequestCanceled };

    public async Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var proxy = context.GetReverseProxyFeature();
        if (!Repetition.MayAskAgain(context) || proxy.AvailableDestinations is not [var chosen])
        {
            await next();
            return;
        }

        var client = context.RequestAborted;
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(client);
        context.Items.Remove(Mark);
        await using (probes.SilenceOf(chosen).Register(() =>
        {
            if (context.Response.HasStarted || proxy.AllDestinations.All(other => other == chosen || other.Health.Active != DestinationHealth.Healthy)) return;
            context.Items[Mark] = Mark;
            attempt.Cancel();
        }))
        {
            context.RequestAborted = attempt.Token;
            try
            {
                await next();
            }
            finally
            {
                context.RequestAborted = client;
            }
        }
    }
}
