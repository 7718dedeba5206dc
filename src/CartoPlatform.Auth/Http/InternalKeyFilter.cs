using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Auth.Http;

/// <summary>Without the platform's internal key there is nothing here.</summary>
public sealed class InternalKeyFilter(IOptions<InternalKeyOptions> options) : IEndpointFilter
{
    // Hashes have one length, so comparing them tells neither the key's content nor its length by the time it takes.
    private readonly byte[] _expected = Hash(options.Value.InternalKey);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var presented = Hash(request.Headers[InternalRoutes.KeyHeader].ToString());
        return CryptographicOperations.FixedTimeEquals(presented, _expected)
            ? await next(context)
            : ApiError.NotFound($"There is nothing at {request.Path}");
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
