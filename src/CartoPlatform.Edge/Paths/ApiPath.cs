namespace CartoPlatform.Edge.Paths;

/// <summary>
/// The spellings of an API path that clients produce: <c>/v3/…</c>, <c>/api/v3/…</c>, <c>//v3/…</c> (a base URL with a trailing
/// slash) and <c>/api/api/v3/…</c> (session mode of the client library); of the workspace also <c>/workspace-api/…</c> and <c>/maps/…</c>.
/// Contract, sections 1.1, 1.5 and 13.
/// </summary>
public static class ApiPath
{
    private const string Workspace = "workspace-api";

    /// <summary>The path as <c>/v3/…</c>, or null where it needs no change or is no API path.</summary>
    /// <param name="path">As it came.</param>
    /// <param name="isPage">
    /// Whether a browser asks for a page: then the short spellings of the workspace (<c>/maps/{id}</c>, <c>/connections</c>; contract,
    /// section 13) are left to the pages.
    /// </param>
    public static string? Normalize(string path, bool isPage = false)
    {
        var start = 0;
        while (true)
        {
            start = SkipSlashes(path, start);
            if (!SegmentAt(path, start, "api")) break;
            start += "api".Length;
        }

        if (SegmentAt(path, start, Workspace))
        {
            start = SkipSlashes(path, start + Workspace.Length);
            if (!SegmentAt(path, start, "v3")) return start == path.Length ? null : $"/v3/{CollapseSlashes(path.AsSpan(start))}";
        }
        else if (!isPage && IsShort(path, start))
        {
            return $"/v3/{CollapseSlashes(path.AsSpan(start))}";
        }

        if (!SegmentAt(path, start, "v3")) return null;
        var rest = CollapseSlashes(path.AsSpan(start));
        return start == 1 && rest.Length == path.Length - start ? null : "/" + rest;
    }

    private static bool IsShort(string path, int start) =>
        SegmentAt(path, start, "maps") || SegmentAt(path, start, "connections") || SegmentAt(path, start, "accounts");

    private static int SkipSlashes(string path, int index)
    {
        while (index < path.Length && path[index] == '/') index++;
        return index;
    }

    private static bool SegmentAt(string path, int index, string segment) =>
        path.AsSpan(index).StartsWith(segment, StringComparison.Ordinal)
        && (index + segment.Length == path.Length || path[index + segment.Length] == '/');

    private static string CollapseSlashes(ReadOnlySpan<char> path)
    {
        Span<char> buffer = path.Length <= 1_024 ? stackalloc char[path.Length] : new char[path.Length];
        var length = 0;
        foreach (var character in path)
        {
            if (character == '/' && length > 0 && buffer[length - 1] == '/') continue;
            buffer[length++] = character;
        }

        return new string(buffer[..length]);
    }
}
