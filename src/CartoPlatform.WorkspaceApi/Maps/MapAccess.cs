using System.Net;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.Tokens;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Who may see a map.</summary>
internal sealed class MapAccess(
    MapStore maps, DatasetAccess datasets, TokenStore tokens, PasswordHashing passwords, AttemptLimiter attempts)
{
    /// <summary>Whether a caller sees the map. The order is from what costs nothing to what asks the database or hashes a password.</summary>
    public async ValueTask<MapVisit> VisitAsync(
        StoredMap map, Principal? principal, string? password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (map.Privacy == MapPrivacy.Public) return MapVisit.WithToken;
        if (IsAtHome(map, principal) || await IsInGroupAsync(map, principal, cancellationToken))
        {
            // The map's token knows no login and reads all datasets: it would lead out of what an OAuth client was given.
            if (principal is not { Token.IsNarrowed: true }) return MapVisit.WithToken;
            if (await CoversAsync(principal, map, cancellationToken)) return MapVisit.WithOwnToken;
        }

        if (principal is { Token: { Role: null, MapId: null } } && await CoversAsync(principal, map, cancellationToken)) return MapVisit.WithOwnToken;
        if (map.Privacy == MapPrivacy.Password) return await TryPasswordAsync(map, password, address, cancellationToken);
        return MapVisit.Refuse(principal is null ? AuthErrors.TokenNotDefined : ApiError.Forbidden());
    }

    /// <summary>
    /// The maps that he could open, each as he would see it. For somebody with a part of what his role reads, each is looked at: such
    /// callers are few.
    /// </summary>
    public async ValueTask<Page<MapSummary>> ListAsync(Principal principal, PageRequest page, MapListQuery query, CancellationToken cancellationToken)
    {
        var actor = Actor.Of(principal, null);
        var mayWrite = AdministrationPolicy.Decide(principal, AdminArea.Maps, AdminRight.Write) == AccessDecision.Allowed;
        if (!principal.Token.IsNarrowed) return await maps.ListAsync(actor, mayWrite, null, page, query, cancellationToken);

        List<Guid> covered = [];
        foreach (var id in await maps.ListClosedAsync(actor, cancellationToken))
        {
            if (await maps.FindAsync(id, cancellationToken) is { } map && await CoversAsync(principal, map, cancellationToken)) covered.Add(id);
        }

        return await maps.ListAsync(actor, mayWrite, [.. covered], page, query, cancellationToken);
    }

    /// <summary>Whether he may change the map.</summary>
    public static bool MayEdit(StoredMap map, Principal principal) =>
        map.AccountId == principal.Token.AccountId
        && AdministrationPolicy.Decide(principal, AdminArea.Maps, AdminRight.Write) == AccessDecision.Allowed
        && Actor.Of(principal, null).Administers(map.CreatedBy);

    /// <summary>Those who need nothing but what they are: the maker, administrators, members of the organisation, and the map's own token.</summary>
    private static bool IsAtHome(StoredMap map, Principal? principal)
    {
        if (principal is null) return false;
        if (principal.Token.MapId == map.Id) return true;
        return map.AccountId == principal.Token.AccountId
            && AdministrationPolicy.Decide(principal, AdminArea.Maps, AdminRight.Read) == AccessDecision.Allowed
            && (map.Privacy == MapPrivacy.Organization || Actor.Of(principal, null).Administers(map.CreatedBy));
    }

    private async ValueTask<bool> IsInGroupAsync(StoredMap map, Principal? principal, CancellationToken cancellationToken) =>
        principal is { Token: { Role: not null, UserId: { } user } } && map.Privacy == MapPrivacy.Groups
        && map.AccountId == principal.Token.AccountId && await maps.IsInAnyGroupAsync(user, map.Groups, cancellationToken);

    /// <summary>
    /// An API access token, or a client with a part of what its role reads, sees a map whose data it could read anyway. Not the token of
    /// the demo page: everybody has that.
    /// </summary>
    private async ValueTask<bool> CoversAsync(Principal principal, StoredMap map, CancellationToken cancellationToken) =>
        map.AccountId == principal.Token.AccountId
        && await datasets.PermitsAllAsync(principal, map.Shown.ReadDatasets(), cancellationToken)
        && (await tokens.FindDemoAsync(cancellationToken))?.Record.Id != principal.Token.Id;

    private async ValueTask<MapVisit> TryPasswordAsync(StoredMap map, string? password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(password)) return MapVisit.Refuse(MapErrors.PasswordNeeded);
        var key = AttemptLimiter.KeyOf(map.Id.ToString(), address);
        if (!attempts.TryBegin(key)) return MapVisit.Refuse(MapErrors.TooManyPasswords);
        if (!await passwords.VerifyAsync(map.PasswordHash, password, cancellationToken)) return MapVisit.Refuse(MapErrors.WrongPassword);
        attempts.Forgive(key);
        return MapVisit.WithToken;
    }
}
