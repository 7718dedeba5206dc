using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>Bodies of requests that came packed: nobody unpacks them here, so that they would be told to be no JSON.</summary>
internal static class PackedBodies
{
    private const string AsItIs = "identity";

    public static bool IsPacked(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0
        && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !string.Equals(request.Headers.ContentEncoding, AsItIs, StringComparison.OrdinalIgnoreCase);

    public static Task RefuseAsync(HttpContext context)
    {
        // RFC 9110, section 15.5.16: so a client knows that it was the coding.
        context.Response.Headers.AcceptEncoding = AsItIs;
        // Nothing that would say so has seen the request yet.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return ErrorWriter.WriteAsync(context, new ApiError(
            StatusCodes.Status415UnsupportedMediaType, "The request body is packed (Content-Encoding), which is not read here: send it as it is"));
    }
}
