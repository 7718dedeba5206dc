using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Workspace;

/// <summary>
/// Who makes a request, as it is kept: an API access token (everything but its text), and in the same form a user's session or an
/// OAuth client's access, so that whoever decides on data knows one kind of caller.
/// </summary>
public sealed record TokenRecord
{
    /// <summary>The <c>jti</c> claim of the token.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<GrantRecord> Grants { get; init; }

    /// <summary>Of <c>sql</c>, <c>maps</c>, <c>imports</c>, <c>lds</c>.</summary>
    public required IReadOnlyList<string> AllowedApis { get; init; }

    /// <summary>Origins that a request's <c>Referer</c> must have one of; empty means any.</summary>
    public IReadOnlyList<string> Referers { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The owner's token of a platform: every connection, every API, writing, administration.</summary>
    public bool IsOwner { get; init; }

    /// <summary>What its holder may administer; null for an API access token, which reads data and nothing else.</summary>
    public AccountRole? Role { get; init; }

    /// <summary>The user behind a session or an OAuth access token; null for what belongs to the organisation.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The OAuth client that an access token was issued to; null for all other tokens.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>The part of the role that an OAuth client was given, such as <c>read:tokens</c>; null is all of it.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>
    /// An OAuth client's, which has a login or grants of its own: a session of its role might read more, so nothing may bring it what a
    /// session gets beside its grants.
    /// </summary>
    public bool IsNarrowed { get; init; }

    /// <summary>The map whose own token this is: it reads that map's datasets, and opens that map.</summary>
    public Guid? MapId { get; init; }

    /// <summary>The <see cref="ConnectionLogin"/> that its statements run under, on every connection; null is each connection's own.</summary>
    public string? Login { get; init; }

    /// <summary>SHA-256 of the token's text, in lower-case hexadecimal; null where the text follows from the record.</summary>
    public string? TextHash { get; init; }

    /// <summary>What is said of this one alone, before what holds for all of its kind.</summary>
    public CallerLimits? Limits { get; init; }

    /// <summary>Whose the things are that are made with it: they outlive an access token of an hour.</summary>
    [JsonIgnore]
    public Guid HolderId => UserId ?? ClientId ?? Id;
}
