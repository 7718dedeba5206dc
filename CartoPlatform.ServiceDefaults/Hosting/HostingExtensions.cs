using System.Net;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.ServiceDefaults.Hosting;

public static class HostingExtensions
{
    // Room for two pieces of a streamed answer (256 KB each): with Kestrel's own 64 KB nothing is made while a piece is sent.
    private const int MaxResponseBufferBytes = 512 * 1_024;

    internal static void AddPlatformHosting(this WebApplicationBuilder builder)
    {
        builder.AddStartPhase();
        if (builder.Configuration["Secrets:Folder"] is { Length: > 0 } secrets)
            builder.Configuration.AddKeyPerFile(secrets, optional: true);
        builder.Services.AddOptions<InternalPortOptions>().BindConfiguration(InternalPortOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        // Below that the proxy tells the address of each request, which may have a token in its query.
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxResponseBufferSize = MaxResponseBufferBytes;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseRejectionAnswers());
            var options = context.Configuration.GetSection(InternalPortOptions.Section).Get<InternalPortOptions>() ?? new();
            if (options.Port != 0) ListenInternally(kestrel, context.Configuration, options);
        });

        if (builder.Configuration.GetValue<bool>("Supervisor:Stdin"))
            builder.Services.AddHostedService<SupervisorWatch>();
    }

    /// <summary>
    /// Keeps an endpoint to the internal port, where only the platform's own machines can reach it. Without an internal port the
    /// endpoint does not exist: a service never answers internal routes to the public by a forgotten setting.
    /// </summary>
    public static TBuilder RequireInternalPort<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate;
            endpoint.RequestDelegate = context =>
            {
                var options = context.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<InternalPortOptions>>();
                if (options.Value.Port != 0 && context.Connection.LocalPort == options.Value.Port) return next!(context);
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
        return builder;
    }

    private static void AddStartPhase(this WebApplicationBuilder builder)
    {
        var phase = new StartPhase();
        StartPhase.Watch();
        builder.Services.AddSingleton<IHostedService>(phase);
        foreach (var category in StartPhase.Echoes)
            builder.Logging.AddFilter(category, level => phase.IsOver && level >= LogLevel.Warning);
    }

    // Explicit endpoints switch Kestrel's own reading of the addresses off, so the main ones are repeated here.
    private static void ListenInternally(KestrelServerOptions kestrel, IConfiguration configuration, InternalPortOptions options)
    {
        var tls = configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new TlsOptions();
        foreach (var url in (configuration[WebHostDefaults.ServerUrlsKey] ?? "http://127.0.0.1:8080").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var address = BindingAddress.Parse(url);
            Listen(kestrel, address.Host, address.Port, address.Scheme == Uri.UriSchemeHttps ? new ServerCertificate(tls, TimeProvider.System) : null);
        }

        Listen(kestrel, options.Bind, options.Port, certificate: null);
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, ServerCertificate? certificate)
    {
        void Configure(ListenOptions listen)
        {
            if (certificate is not null) listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate.Current);
        }

        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) kestrel.ListenLocalhost(port, Configure);
        else if (IPAddress.TryParse(host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, port, Configure);
        else kestrel.ListenAnyIP(port, Configure);
    }
}
