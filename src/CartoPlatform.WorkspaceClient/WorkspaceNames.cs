using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient;

/// <summary>Names that can exist at all. Callers' text is checked here before it becomes part of a URL or a statement.</summary>
public static class WorkspaceNames
{
    /// <summary>A path segment of ASCII letters, digits, <c>_</c>, <c>-</c>; <c>public</c> is taken by <c>/v3/maps/public/{id}</c>.</summary>
    public static bool IsConnection(string name) =>
        IsSegment(name, WorkspaceLimits.ConnectionNameLength) && !string.Equals(name, "public", StringComparison.OrdinalIgnoreCase);

    /// <summary>3 to 51 lower-case letters, digits, <c>-</c> and <c>_</c>, a letter or digit at both ends (contract, section 12.4).</summary>
    public static bool IsNamedSource(ReadOnlySpan<char> name)
    {
        if (name.Length is < 3 or > 51 || !IsAlphanumeric(name[0]) || !IsAlphanumeric(name[^1])) return false;
        foreach (var c in name)
        {
            if (!IsAlphanumeric(c) && c is not ('-' or '_')) return false;
        }

        return true;
    }

    /// <summary>What a token may call a login of a connection.</summary>
    public static bool IsLogin(string name) => IsSegment(name, WorkspaceLimits.LoginNameLength);

    public static bool IsMapDefinitionId(string id) => IsSegment(id, WorkspaceLimits.MapDefinitionIdLength);

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsSegment(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
