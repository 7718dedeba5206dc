using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace CartoPlatform.Forwarding;

/// <summary>The connections to replicas, as YARP makes them.</summary>
internal sealed class ReplicaConnections(IOptions<ForwardingOptions> options) : ForwarderHttpClientFactory
{
    // Within one data centre a connection takes milliseconds: who has not answered by then is gone.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        (handler.ConnectTimeout, handler.PooledConnectionLifetime) = (ConnectLimit, options.Value.ConnectionLifetime);
    }
}
