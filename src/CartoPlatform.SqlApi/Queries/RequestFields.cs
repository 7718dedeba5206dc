using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>The parameters of a request in any of its spellings: query string, JSON object, or form. A body's parameters come before the URL's.</summary>
internal static class RequestFields
{
    /// <param name="request">The request.</param>
    /// <param name="read">Makes what is wanted of the parameters; they are gone when it has returned.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public static async ValueTask<(T? Value, ApiError? Error)> ReadAsync<T>(
        HttpRequest request, Func<QueryFields, (T? Value, ApiError? Error)> read, CancellationToken cancellationToken)
        where T : class
    {
        if (!HttpMethods.IsPost(request.Method) || HasNothing(request)) return read(new QueryFields(request.Query, null, null));

        if (request.HasJsonContentType())
        {
            var (document, error) = await JsonBody.ReadAsync(request, cancellationToken);
            if (document is null) return (null, error);
            using (document) return read(new QueryFields(request.Query, null, document.RootElement));
        }

        if (!FormBody.IsForm(request))
            return (null, new ApiError(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json or application/x-www-form-urlencoded"));
        var (form, formError) = await FormBody.ReadAsync(request, cancellationToken);
        return form is null ? (null, formError) : read(new QueryFields(request.Query, form, null));
    }

    // As curl -X POST sends it: whatever there is stands in the URL.
    private static bool HasNothing(HttpRequest request) =>
        request.ContentType is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false;
}
