namespace CartoPlatform.Contracts.Activity;

/// <summary>What one caller has asked in a month.</summary>
/// <param name="Month">Its first day; months are UTC.</param>
/// <param name="AccountId">The organisation; the zero id for callers without a token.</param>
/// <param name="CallerId">The user, or the token or client; the zero id for all callers without a token.</param>
/// <param name="CallerKind">As in <see cref="ActivityRecord"/>.</param>
/// <param name="Requests">Calls of the API, hits of the cache among them.</param>
/// <param name="Rows">In answers, where they are known.</param>
/// <param name="Bytes">Of answers, as they were sent.</param>
public sealed record UsageRecord(DateOnly Month, Guid AccountId, Guid CallerId, string CallerKind, long Requests, long Rows, long Bytes);
