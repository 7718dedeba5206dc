namespace CartoPlatform.Contracts.Caching;

/// <summary>
/// What an API tells the cache about an answer: how long it may be kept, what it was made from, and who may see it. It travels as JSON
/// in ASCII in the header <see cref="Header"/>, which no caller ever sees. An answer without one is not kept.
/// </summary>
public sealed record CacheDeclaration
{
    public const string Header = "X-Carto-Cache";

    /// <summary>
    /// Sent with a request by a cache that may keep the answer: what to write into URLs in place of the caller's <c>client</c>. Without
    /// it nobody listens to a declaration, and none need be made.
    /// </summary>
    public const string ClientHeader = "X-Carto-Client";

    /// <summary>
    /// Sent with the answer to a request that may have changed data: the connection, and how many milliseconds ago at the least
    /// (<c>carto_dw;0</c>). What a cache on the way has kept from before then, it uses only when it knows that it has not changed.
    /// </summary>
    public const string ChangedHeader = "X-Carto-Changed";

    /// <summary>Sent with an error that means that rights were taken away: what was kept from before must not stand in for it.</summary>
    public const string RefusedHeader = "X-Carto-Refused";

    /// <summary>What the answer is: <c>tile</c>, <c>map</c>, <c>tilejson</c>, <c>model</c>, <c>stats</c> or <c>query</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Greatest age.</summary>
    public required long LifetimeSeconds { get; init; }

    /// <summary>For people: the rule that the age comes from, a setting or a published default.</summary>
    public string? Policy { get; init; }

    public required string Connection { get; init; }

    public required Guid ConnectionId { get; init; }

    public required long ConnectionRevision { get; init; }

    public required CacheRights Rights { get; init; }

    /// <summary>The named source that the answer was made of, as it was; null for tables and for SQL.</summary>
    public Guid? NamedSourceId { get; init; }

    public long? NamedSourceRevision { get; init; }

    /// <summary>What <see cref="Versions"/> count from; null where changes are not noticed, so that the age alone decides.</summary>
    public string? Incarnation { get; init; }

    /// <summary>Some of what it was made from can change without being noticed, or is noticed late.</summary>
    public bool HasUnwatched { get; init; }

    /// <summary>The relations that the answer was made from, with the versions that its data has.</summary>
    public IReadOnlyList<RelationVersion> Versions { get; init; } = [];

    /// <summary>
    /// The versions are those of the last word of changes, which may be older than the request: then a reader who has seen data of another
    /// version may have seen newer ones.
    /// </summary>
    public bool IsAsHeard { get; init; }

    /// <summary>For people: <c>table:{connection}/{schema}.{name}</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The value of <c>cache</c> in URLs that name exactly this data; null where there is none.</summary>
    public long? Stamp { get; init; }
}

/// <param name="Relation">Its oid; below 3 a part of the catalogue.</param>
/// <param name="Version">How many changes of it had been committed.</param>
public sealed record RelationVersion(uint Relation, long Version)
{
    /// <summary>Stands for all that any statement may depend on: functions, types, policies and rights.</summary>
    public const uint Definitions = 0;
}

/// <summary>What a caller must be granted to see an answer: one of the APIs on the connection, for the table or the query.</summary>
public sealed record CacheRights
{
    /// <summary>Of <c>maps</c> and <c>sql</c>, one is enough.</summary>
    public required IReadOnlyList<string> AnyApi { get; init; }

    public string? Database { get; init; }

    public string? Schema { get; init; }

    /// <summary>Null for a query.</summary>
    public string? Table { get; init; }

    /// <summary>Name of the source that stands for the query; null for SQL and for tables.</summary>
    public string? NamedSource { get; init; }

    /// <summary>What the caller must be granted as well, where an answer was made of two sources.</summary>
    public CacheRights? Also { get; init; }

    /// <summary>The login of the connection that the rows were read under, which a caller must have too; null is its own.</summary>
    public string? Login { get; init; }

    /// <summary>SHA-256 of the query's text without surrounding white space and final semicolons, in hexadecimal.</summary>
    public string? QueryHash { get; init; }
}
