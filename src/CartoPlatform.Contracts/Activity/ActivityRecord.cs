namespace CartoPlatform.Contracts.Activity;

/// <summary>One call of the API. Never the text of a query, nor a token.</summary>
public sealed record ActivityRecord
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null for a caller without a token.</summary>
    public Guid? AccountId { get; init; }

    /// <summary><c>owner</c>, <c>user</c>, <c>client</c>, <c>map</c>, <c>token</c>, or <c>anonymous</c>.</summary>
    public required string CallerKind { get; init; }

    public Guid? TokenId { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>The map that the token belongs to, or that the caller names in <c>tag-mapId</c>.</summary>
    public string? MapId { get; init; }

    public required string Method { get; init; }

    /// <summary>The part of the API: <c>maps</c>, <c>sql</c>, <c>stats</c>, <c>tokens</c>, …</summary>
    public required string Api { get; init; }

    /// <summary>What of it: <c>table</c>, <c>tile</c>, <c>query</c>, <c>model/category</c>, …</summary>
    public required string Operation { get; init; }

    public string? Connection { get; init; }

    /// <summary>The table or tileset; null for a query.</summary>
    public string? Source { get; init; }

    /// <summary>Who the caller says he is.</summary>
    public string? Client { get; init; }

    /// <summary>The caller's own labels (<c>tag-…</c>), without the prefix.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public required int Status { get; init; }

    /// <summary>What the cache did; null where it had nothing to do.</summary>
    public string? Cache { get; init; }

    public required long Microseconds { get; init; }

    /// <summary>Null where they are not known.</summary>
    public long? Rows { get; init; }

    /// <summary>Of the body, as it was sent.</summary>
    public required long Bytes { get; init; }
}
