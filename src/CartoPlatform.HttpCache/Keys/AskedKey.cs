namespace CartoPlatform.HttpCache.Keys;

/// <summary>What a request asks for, for those behind the cache who choose by it: equal requests have equal keys.</summary>
public sealed record AskedKey(string Text);
