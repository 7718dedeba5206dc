using System.Globalization;
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
}
