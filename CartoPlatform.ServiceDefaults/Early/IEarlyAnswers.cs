using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>
/// Answers that are known before anything is made of a request: no context, no pipeline, no route. Whoever gives them owes the caller
/// what the pipeline would have sent, to the last header.
/// </summary>
public interface IEarlyAnswers
{
    /// <param name="features">The request as the server has read it, and where the answer goes.</param>
    /// <returns>Ends when the answer is written; null for a request that goes the whole way, of which nothing has been touched.</returns>
    Task? TryAnswer(IFeatureCollection features);
}
