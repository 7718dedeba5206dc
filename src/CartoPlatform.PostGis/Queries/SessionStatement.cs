using System.Buffers;
using System.Collections.Frozen;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Statements about the session or its transaction (PostgreSQL manual, part VI). A request has no session of its own: they would end
/// the service's transaction, or leave something in a connection that other callers get next. Rights are not at stake here.
/// </summary>
public static class SessionStatement
{
    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(
        [
            "abort", "begin", "checkpoint", "close", "commit", "deallocate", "declare", "discard", "end", "execute", "fetch", "listen", "load",
            "move", "prepare", "release", "reset", "rollback", "savepoint", "set", "start", "unlisten",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <param name="statement">Begins with its first word.</param>
    public static bool Is(ReadOnlySpan<char> statement)
    {
        var length = statement.IndexOfAnyExcept(Letters);
        return Lookup.Contains(length < 0 ? statement : statement[..length]);
    }
}
