using System.Collections.Concurrent;
using System.Net;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Which limits hold for whom: those of the kind of caller, and before them a token's own.</summary>
internal sealed class LimitTable(LimitOptions options)
{
    private const int MaxJoined = 10_000;

    private static readonly CallerLimits None = new();

    private readonly ConcurrentDictionary<(CallerLimits Own, CallerLimits Kind), CallerLimits> _joined = new();

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
            { ClientId: not null } => _clients,
            _ => _tokens,
        };
        if (token?.Limits is not { } own) return kind;
        if (_joined.TryGetValue((own, kind), out var joined)) return joined;
        // Administrators set them, so there are few.
        if (_joined.Count >= MaxJoined) _joined.Clear();
        return _joined[(own, kind)] = own.Over(kind);
    }

    public Caller CallerOf(TokenRecord? token, IPAddress? address)
    {
        if (token is null) return Caller.Of(address);
        var kind = token switch
        {
            { MapId: not null } => options.Maps,
            { UserId: not null } => options.Users,
            { ClientId: not null } => options.Clients,
            _ => options.Tokens,
        };
        return kind.PerAddress ? Caller.Of(token, address) : Caller.Of(token);
    }
}
