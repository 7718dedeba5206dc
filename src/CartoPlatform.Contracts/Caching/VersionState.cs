using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Caching;

/// <summary>What a process knows of the versions of a connection's relations. Immutable; a new one replaces it with every message.</summary>
/// <param name="Incarnation">What the versions count from.</param>
/// <param name="Versions">By oid. A relation that is not there has the version 0.</param>
/// <param name="HeardAt">Timestamp (of the process's <see cref="TimeProvider"/>) at which this was known to be the latest.</param>
public sealed record VersionState(string Incarnation, ImmutableDictionary<uint, long> Versions, long HeardAt)
{
    public long VersionOf(uint relation) => Versions.GetValueOrDefault(relation);
}

/// <summary>The versions as they change. One implementation reads them from the database, one from the process that does.</summary>
public interface IVersionFeeds
{
    /// <summary>The latest of this connection; null while nothing has been heard. Asking begins to listen.</summary>
    VersionState? Find(string connection);

    /// <summary>Whether to hear anew costs no more than a question to the database.</summary>
    bool IsNear { get; }

    /// <summary>Waits until something has been heard that was asked for at this timestamp or later, hastening it where that is possible, but no longer than the limit.</summary>
    Task HearAsync(string connection, long since, TimeSpan limit, CancellationToken cancellationToken);
}

/// <summary>A message between the process that polls a database and those that keep answers: one line of JSON.</summary>
/// <param name="Milliseconds">When it was true, on the sender's clock since the stream began.</param>
/// <param name="Incarnation">What the versions count from.</param>
/// <param name="IsComplete">Relations that are not named have the version 0.</param>
/// <param name="Versions">Those that have changed since the last message.</param>
public sealed record VersionMessage(long Milliseconds, string Incarnation, bool IsComplete, IReadOnlyList<RelationVersion> Versions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CacheDeclaration))]
[JsonSerializable(typeof(VersionMessage))]
public sealed partial class CachingJson : JsonSerializerContext;
