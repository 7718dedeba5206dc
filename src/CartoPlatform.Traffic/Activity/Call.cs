using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Activity;

/// <summary>One call that has ended.</summary>
/// <param name="At">When it came.</param>
/// <param name="Token">Whose it was; null without one.</param>
/// <param name="Label">What was called.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Cache">What the cache did; null where it had nothing to do.</param>
/// <param name="Duration">Until its end.</param>
/// <param name="Rows">Null where they are not known.</param>
/// <param name="Bytes">Of the body, as it was sent.</param>
internal readonly record struct Call(
    DateTimeOffset At, TokenRecord? Token, CallLabel Label, int Status, string? Cache, TimeSpan Duration, long? Rows, long Bytes)
{
    public Guid CallerId => Token is null ? Guid.Empty : Token.HolderId;

    public string CallerKind => Token switch
    {
        null => ActivityWords.Anonymous,
        { IsOwner: true } => ActivityWords.Owner,
        { MapId: not null } => ActivityWords.Map,
        { UserId: not null } => ActivityWords.User,
        { ClientId: not null } => ActivityWords.Client,
        _ => ActivityWords.Token,
    };

    public ActivityRecord ToRecord() => new()
    {
        At = At,
        AccountId = Token?.AccountId,
        CallerKind = CallerKind,
        TokenId = Token?.Id,
        UserId = Token?.UserId,
        MapId = Token?.MapId?.ToString() ?? Label.MapId,
        Method = Label.Method,
        Api = Label.Api,
        Operation = Label.Operation,
        Connection = Label.Connection,
        Source = Label.Source,
        Client = Label.Client,
        Tags = Label.Tags,
        Status = Status,
        Cache = Cache,
        Microseconds = (long)Duration.TotalMicroseconds,
        Rows = Rows,
        Bytes = Bytes,
    };
}
