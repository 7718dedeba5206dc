namespace CartoPlatform.Contracts.Workspace;

/// <summary>
/// What a token may read: a connection (<c>*</c> is every one) and in it a table, an exact SQL text, a named source,
/// a pattern that ends in <c>.*</c>, or <c>*</c> (the whole connection). CARTO API reference, "API access tokens".
/// </summary>
public sealed record GrantRecord(string ConnectionName, string Source = "*");
