using CartoPlatform.Auth.Grants;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>Which texts a grant's source may be: those that can permit anything at all (docs/api/tokens.md).</summary>
internal static class GrantSource
{
    // How statements begin that a token can run: it reads, whatever its grants say.
    private static readonly HashSet<string> Statements = new(
        ["begin", "call", "do", "explain", "reset", "select", "set", "show", "start", "table", "values", "with"], StringComparer.OrdinalIgnoreCase);

    public static bool CanMatch(string source) =>
        GrantText.IsRelation(source) || WorkspaceNames.IsNamedSource(source.AsSpan().Trim()) || IsQuery(source);

    // A job's text may hold several statements.
    private static bool IsQuery(string source)
    {
        if (!SqlText.TryParseScript(source, out var statements, out _)) return false;
        var first = statements[0].Text;
        return first[0] == '(' || Statements.Contains(new string([.. first.TakeWhile(char.IsAsciiLetter)]));
    }
}
