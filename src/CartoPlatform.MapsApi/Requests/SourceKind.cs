namespace CartoPlatform.MapsApi.Requests;

/// <summary>What a map is made from; in lower case, the path segment.</summary>
internal enum SourceKind
{
    Table,
    Query,
}

internal static class SourceKindExtensions
{
    public static string ToSegment(this SourceKind kind) => kind == SourceKind.Table ? "table" : "query";
}
