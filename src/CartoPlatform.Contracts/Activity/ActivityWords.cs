namespace CartoPlatform.Contracts.Activity;

/// <summary>The words that stand in columns of the activity data.</summary>
public static class ActivityWords
{
    public const string Owner = "owner";
    public const string User = "user";
    public const string Client = "client";
    public const string Map = "map";
    public const string Token = "token";
    public const string Anonymous = "anonymous";

    /// <summary><see cref="ActivityRecord.CallerKind"/>.</summary>
    public static readonly IReadOnlyList<string> Callers = [Owner, User, Client, Map, Token, Anonymous];

    /// <summary><see cref="ActivityRecord.Cache"/>, as the cache writes them into <c>X-Cache</c>.</summary>
    public static readonly IReadOnlyList<string> Caches = ["HIT", "MISS", "STALE", "COALESCED", "BYPASS"];
}
