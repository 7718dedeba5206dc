using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CartoPlatform.ServiceDefaults.Proxies;

public static class ProxyExtensions
{
    internal static void AddPlatformProxies(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.Trusted.All(network => System.Net.IPNetwork.TryParse(network, out _)),
                $"{ProxyOptions.Section}:{nameof(ProxyOptions.Trusted)} must hold networks in CIDR form, such as 10.0.0.0/8")
            .ValidateOnStart();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxyOptions>>((forwarded, proxies) =>
        {
            // A program of this machine may say under which name it was asked, but only a known proxy for whom: failed sign-ins are
            // counted by address, and whoever could choose his would never be stopped.
            forwarded.ForwardedHeaders = proxies.Value.Trusted.Count > 0 ? ForwardedHeaders.All : ForwardedHeaders.All & ~ForwardedHeaders.XForwardedFor;
            // Every hop of a trusted network is followed, not the last one alone.
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            var trusted = proxies.Value.Trusted.Count > 0 ? proxies.Value.Trusted : ProxyOptions.Default;
            foreach (var network in trusted)
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        });
    }

    /// <summary>Takes scheme, host, path prefix and client address from trusted proxies; comes before everything that reads them.</summary>
    /// <remarks>Without such a header there is nothing to take, and to find that out costs the framework some strings.</remarks>
    public static IApplicationBuilder UsePlatformProxies(this IApplicationBuilder app) =>
        app.UseWhen(static context => IsForwarded(context.Request.Headers), static forwarded => forwarded
            .Use(static (context, next) =>
            {
                ForwardedValues.Check(context.Request.Headers);
                return next(context);
            })
            .UseForwardedHeaders());

    internal static bool IsForwarded(IHeaderDictionary headers) =>
        headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName) || headers.ContainsKey(ForwardedHeadersDefaults.XForwardedProtoHeaderName)
        || headers.ContainsKey(ForwardedHeadersDefaults.XForwardedHostHeaderName) || headers.ContainsKey(ForwardedHeadersDefaults.XForwardedPrefixHeaderName);
}
