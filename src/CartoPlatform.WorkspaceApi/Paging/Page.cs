namespace CartoPlatform.WorkspaceApi.Paging;

/// <summary>A part of a list.</summary>
/// <param name="Items">Of this page.</param>
/// <param name="Total">On all pages.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, long Total);
