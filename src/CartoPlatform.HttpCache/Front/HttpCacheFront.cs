using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache.Front;

/// <summary>
/// Answers a request that came the same way before (<see cref="FrontAnswers"/>), in front of routing and authentication: one that could
/// not be answered before the pipeline, as a proxy has forwarded it, or somebody traces requests.
/// </summary>
internal sealed class HttpCacheFront(RequestDelegate next, FrontAnswers answers)
{
    public Task InvokeAsync(HttpContext context) => answers.TryAnswer(context) ?? next(context);
}
