using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Edge.Limits;

internal static class EdgeLimitExtensions
{
    public static void AddEdgeLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<EdgeLimitOptions>().BindConfiguration(EdgeLimitOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<EdgeLimitOptions>>((kestrel, limits) =>
        {
            kestrel.Limits.MaxRequestBodySize = limits.Value.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = limits.Value.MaxRequestLineBytes;
            kestrel.Limits.MaxRequestBufferSize = Math.Max(kestrel.Limits.MaxRequestBufferSize ?? 0, 2 * limits.Value.MaxRequestLineBytes);
        });
    }
}
