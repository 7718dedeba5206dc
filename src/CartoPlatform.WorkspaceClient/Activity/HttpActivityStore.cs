using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient.Activity;

/// <summary>The Workspace API of another process keeps it.</summary>
internal sealed class HttpActivityStore(HttpClient client) : IActivityStore
{
    public async Task<ActivityReceipt> WriteAsync(ActivityBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.PostAsJsonAsync(new Uri(InternalRoutes.Activity, UriKind.Relative), batch, ActivityJson.Default.ActivityBatch, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadFromJsonAsync(ActivityJson.Default.ActivityReceipt, cancellationToken)
                ?? throw new WorkspaceUnavailableException("the Workspace API has not said what it keeps");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new WorkspaceUnavailableException($"the Workspace API has not taken the activity: {exception.Message}", exception);
        }
    }
}
