using CartoPlatform.Contracts.Activity;

namespace CartoPlatform.WorkspaceClient.Activity;

/// <summary>Where edges hand over what they have seen.</summary>
public interface IActivityStore
{
    /// <summary>Keeps a batch, once however often it comes.</summary>
    /// <exception cref="WorkspaceUnavailableException">It may be kept or not: it is to be sent again.</exception>
    Task<ActivityReceipt> WriteAsync(ActivityBatch batch, CancellationToken cancellationToken);
}
