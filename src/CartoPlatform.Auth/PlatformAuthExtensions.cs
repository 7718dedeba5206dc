using CartoPlatform.Auth.Attempts;
using CartoPlatform.Auth.Http;
using CartoPlatform.Auth.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.Auth;

public static class PlatformAuthExtensions
{
    /// <summary>
    /// Tokens: signing, verifying, and what <see cref="UsePlatformAuth"/> needs. The <c>IWorkspaceDirectory</c> comes from
    /// <c>AddWorkspaceClient</c> or <c>AddWorkspaceApi</c>. Calling it twice does no harm.
    /// </summary>
    public static IHostApplicationBuilder AddPlatformAuth(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(TokenSigningKey))) return builder;
        services.AddOptions<TokensOptions>().BindConfiguration(TokensOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.DecodeKey() is not null, TokensOptions.Rule)
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TokenSigningKey>();
        services.AddSingleton(provider => new TokenIssuer(provider.GetRequiredService<TokenSigningKey>()));
        services.AddSingleton(provider => new TokenVerifier(
            provider.GetRequiredService<TokenSigningKey>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessTokenVerifier>().AddSingleton<FailedAuthentications>().AddSingleton<CallerSeal>().AddSingleton<Authenticator>();
        services.AddExceptionHandler<WorkspaceUnavailableHandler>();
        return builder;
    }

    /// <summary>Authenticates every request behind it. Comes after error handling and CORS, so that refusals carry CORS headers.</summary>
    public static IApplicationBuilder UsePlatformAuth(this IApplicationBuilder app) => app.UseMiddleware<PlatformAuthMiddleware>();

    /// <summary>Before a request is passed on: tells the service behind whose token it carries, should the Workspace API be away.</summary>
    public static void SealCaller(this HttpContext context)
    {
        context.Request.Headers.Remove(CallerSeal.Header);
        if (context.GetPrincipal() is not { } principal || Authenticator.TextOf(context.Request) is not { } text) return;
        if (context.RequestServices.GetRequiredService<CallerSeal>().Seal(text, principal.Token) is { } header) context.Request.Headers[CallerSeal.Header] = header;
    }

    /// <summary>Who makes the request; null without a token.</summary>
    public static Principal? GetPrincipal(this HttpContext context) => context.Features.Get<Principal>();
}
