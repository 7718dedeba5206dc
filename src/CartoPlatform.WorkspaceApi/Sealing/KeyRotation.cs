using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>
/// Seals everything anew under a new key, while the platform runs. The file holds the new key and the old ones until the change is
/// committed: whatever dies in between, there is a key for every envelope, and the rotation can be run again.
/// </summary>
internal sealed class KeyRotation(MetadataDatabase database, KeyRing ring, ConnectionStore connections, SigningKeyStore signingKeys)
{
    public async Task<int> RunAsync(Actor actor, CancellationToken cancellationToken)
    {
        var count = await database.ChangeAsync(
            async connection =>
            {
                // Replicas take turns, and none makes a connection meanwhile.
                await PlatformLock.TakeAsync(connection, cancellationToken);
                ring.Add();
                var resealed = await connections.ResealAsync(connection, cancellationToken);
                await signingKeys.ResealAsync(connection, cancellationToken);
                await AuditLog.WriteAsync(
                    connection, actor, "key.rotate", "master", JsonSerializer.SerializeToElement(new { resealed }), cancellationToken);
                return resealed;
            },
            cancellationToken);
        ring.Trim();
        return count;
    }
}

internal static class KeyRotationEndpoints
{
    public static void MapKeyRotation(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v3/keys/rotate", RotateAsync).WithName("RotateKeys").RequireAdministration(AdminArea.Accounts);

    private static async Task<Results<JsonHttpResult<Rotated>, ApiError>> RotateAsync(
        HttpContext context, KeyRing ring, KeyRotation rotation, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal || AdministrationPolicy.RoleOf(principal) < AccountRole.Superadmin) return AuthErrors.NotAnAdministrator;
        if (!ring.CanRotate)
            return new ApiError(StatusCodes.Status409Conflict, "There is no file for keys: set Platform:MasterKeyFile on the Workspace API");
        return TypedResults.Json(new Rotated(await rotation.RunAsync(context.GetActor(), cancellationToken)));
    }

    /// <param name="Resealed">How many secrets were sealed anew.</param>
    private sealed record Rotated(int Resealed);
}
