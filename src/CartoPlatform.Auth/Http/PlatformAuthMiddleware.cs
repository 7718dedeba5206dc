using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Http;

/// <summary>Answers a bad token at once; a request without one goes on without a principal, and its endpoint decides.</summary>
internal sealed class PlatformAuthMiddleware(RequestDelegate next, Authenticator authenticator)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var (principal, error) = await authenticator.AuthenticateAsync(context.Request, context.RequestAborted);
        if (error is not null)
        {
            await ErrorWriter.WriteAsync(context, error);
            return;
        }

        if (principal is not null) context.Features.Set(principal);
        await next(context);
    }
}
