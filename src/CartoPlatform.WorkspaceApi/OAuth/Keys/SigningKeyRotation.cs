using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Metadata;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.OAuth.Keys;

/// <summary>Makes a new key, while the platform runs and tokens of the old one are in use.</summary>
internal sealed class SigningKeyRotation(MetadataDatabase database, SigningKeyStore keys, IOptions<OAuthOptions> options, TimeProvider time)
{
    /// <summary>Every process hears of a key within a second; it signs when they all have.</summary>
    private static readonly TimeSpan PublishedBefore = TimeSpan.FromSeconds(5);

    /// <summary>For the clocks of other machines, and answers under way.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>The new key's id.</summary>
    public ValueTask<string> RunAsync(Actor actor, CancellationToken cancellationToken) => database.ChangeAsync(
        async connection =>
        {
            await PlatformLock.TakeAsync(connection, cancellationToken);
            var id = await keys.AddAsync(
                connection, time.GetUtcNow() + PublishedBefore, cancellationToken, verifiesOn: options.Value.AccessTokenLifetime + Slack);
            await AuditLog.WriteAsync(connection, actor, "key.rotate", id, null, cancellationToken);
            return id;
        },
        cancellationToken);
}
