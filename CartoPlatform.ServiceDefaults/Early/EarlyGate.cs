using System.Diagnostics;
using CartoPlatform.ServiceDefaults.Draining;
using CartoPlatform.ServiceDefaults.Proxies;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>Which requests may be answered early: those of which the pipeline would change nothing, and nobody watches what the host makes.</summary>
internal sealed class EarlyGate(Drain drain, ActivitySource source, DiagnosticListener listener, ILoggerFactory loggers)
{
    private readonly ILogger _requests = loggers.CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");

    public bool IsOpen(IFeatureCollection request) =>
        !drain.HasBegun
        // Traces, and a line of the log for each request.
        && !source.HasListeners() && !listener.IsEnabled() && !_requests.IsEnabled(LogLevel.Information)
        && !ProxyExtensions.IsForwarded(request.GetRequiredFeature<IHttpRequestFeature>().Headers);
}
