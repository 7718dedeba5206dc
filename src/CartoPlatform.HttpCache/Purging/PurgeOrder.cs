namespace CartoPlatform.HttpCache.Purging;

/// <summary>What is to be forgotten: entries that any of it names.</summary>
/// <param name="Id">Of this purge.</param>
/// <param name="Everything">All there is.</param>
/// <param name="Tags">Such as <c>table:carto_dw/demo.stores</c> or <c>connection:carto_dw</c>.</param>
/// <param name="Keys">Of URLs, in hexadecimal.</param>
internal sealed record PurgeOrder(Guid Id, bool Everything, IReadOnlyList<string> Tags, IReadOnlyList<string> Keys);

/// <summary>What one replica did.</summary>
internal sealed record PurgeReply(Guid Id, string Replica, int Removed);

/// <summary>What became of a purge.</summary>
/// <param name="Id">Of this purge.</param>
/// <param name="Replicas">Those that have done it, this one among them.</param>
/// <param name="Silent">Those that are known and have not answered; <c>redis</c> among them where it could not be asked.</param>
/// <param name="Shared">Entries removed from Redis; null without it.</param>
internal sealed record PurgeResult(Guid Id, IReadOnlyList<PurgeReply> Replicas, IReadOnlyList<string> Silent, int? Shared);
