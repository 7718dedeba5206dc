using System.Globalization;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Paging;

internal static class PageAnswer
{
    /// <summary>
    /// A list as the contract has it, a bare array; how many there are on all pages, and which page this is, stand in headers.
    /// </summary>
    public static JsonHttpResult<IEnumerable<TTold>> Tell<T, TTold>(
        HttpResponse response, PageRequest request, Page<T> page, Func<T, TTold> tell)
    {
        response.Headers["X-Total-Count"] = page.Total.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-Page"] = request.Number.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-Page-Size"] = request.Size.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Json(page.Items.Select(tell));
    }

    /// <summary>A list as most are: the page that the request asks for, of what there is.</summary>
    /// <param name="context">The request.</param>
    /// <param name="defaultSize">Of a page that does not say it.</param>
    /// <param name="list">From the page to what is on it.</param>
    /// <param name="tell">From one as it is kept to one as it is told.</param>
    public static async Task<Results<JsonHttpResult<IEnumerable<TTold>>, ApiError>> ListAsync<T, TTold>(
        HttpContext context, int defaultSize, Func<PageRequest, ValueTask<Page<T>>> list, Func<T, TTold> tell)
    {
        if (PageRequest.TryRead(context.Request.Query, defaultSize, out var page) is { } wrong) return wrong;
        return Tell(context.Response, page, await list(page), tell);
    }
}
