using System.Net;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Which limits hold for whom: those of the kind of caller, and before them a token's own.</summary>
internal sealed class LimitTable(LimitOptions options)
{
    private static readonly CallerLimits None = new();

    private readonly CallerLimits _tokens = options.Tokens.ToLimits();
    private readonly CallerLimits _users = options.Users.ToLimits();
    private readonly CallerLimits _clients = options.Clients.ToLimits();
    private readonly CallerLimits _maps = options.Maps.ToLimits();
    private readonly CallerLimits _anonymous = options.Anonymous.ToLimits();

    /// <param name="token">Null for a caller without one.</param>
    public CallerLimits Of(TokenRecord? token)
    {
        var kind = token switch
        {
            null => _anonymous,
            // Who could lift them need not have them.
            { IsOwner: true } => None,
            { MapId: not null } => _maps,
            { UserId: not null } => _users,
            { Role: not null } => _clients,
            _ => _tokens,
        };
        return token?.Limits is { } own ? own.Over(kind) : kind;
    }

    public Caller CallerOf(TokenRecord? token, IPAddress? address)
    {
        if (token is null) return Caller.Of(address);
        var kind = token switch
        {
            { MapId: not null } => options.Maps,
            { UserId: not null } => options.Users,
            { Role: not null } => options.Clients,
            _ => options.Tokens,
        };
        return kind.PerAddress ? Caller.Of(token, address) : Caller.Of(token);
    }
}
