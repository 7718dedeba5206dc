using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>Whether a caller may see an entry: the same decision that the API makes, from what it declared.</summary>
internal static class EntryRights
{
    public static bool Permit(CacheDeclaration declaration, Principal principal)
    {
        var rights = declaration.Rights;
        // The key has it too; rows that one login sees are never another's, whatever the key.
        if (rights.Login != principal.Token.Login) return false;
        RequestedSource source = rights.Table is { } table
            ? new RequestedSource.Table(rights.Database ?? "", rights.Schema ?? "", table)
            : rights.NamedSource is { } name ? new RequestedSource.NamedSource(name)
            : new RequestedSource.QueryHash(rights.QueryHash ?? "");
        Span<Api> apis = stackalloc Api[rights.AnyApi.Count];
        for (var index = 0; index < apis.Length; index++)
        {
            if (!Enum.TryParse(rights.AnyApi[index], ignoreCase: true, out apis[index])) return false;
        }

        return AccessPolicy.Decide(principal, apis, declaration.Connection, source) == AccessDecision.Allowed;
    }
}
