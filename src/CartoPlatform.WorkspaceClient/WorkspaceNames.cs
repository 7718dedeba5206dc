using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient;

/// <summary>Names that can exist at all. Callers' text is checked here before it becomes part of a URL or a statement.</summary>
public static class WorkspaceNames
{
    /// <summary>A path segment of ASCII letters, digits, <c>_</c>, <c>-</c>; <c>public</c> is taken by <c>/v3/maps/public/{id}</c>.</summary>
    public static bool IsConnection(string name) =>
        IsSegment(name, WorkspaceLimits.ConnectionNameLength) && !string.Equals(name, "public", StringComparison.OrdinalIgnoreCase);

    public static bool IsMapDefinitionId(string id) => IsSegment(id, WorkspaceLimits.MapDefinitionIdLength);

    private static bool IsSegment(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
