using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Relations;
using Microsoft.Extensions.Options;

namespace CartoPlatform.PostGis.Caching;

/// <summary>
/// Ends the reading of a source: the versions before the first look at its data and after the last must be equal, and then they are
/// the versions of these data, however many statements it took.
/// </summary>
public sealed class SourceReadings(IOptions<CachePolicy> policy)
{
    // Longer headers are refused on the way: so many partitions are not cached.
    private const int MaxRelations = 1_500;

    /// <summary>What the cache may be told; null where the data have changed meanwhile.</summary>
    public ValueTask<CacheDeclaration?> EndAsync(SourceReading reading, string kind, RequestedRights rights, CancellationToken cancellationToken) =>
        EndAsync(reading, kind, rights, isOfReading: false, cancellationToken);

    /// <summary>The same.</summary>
    /// <param name="reading">What the answer was made from.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="rights">Who may see it.</param>
    /// <param name="isOfReading">Whether it was made of data that were kept with the very versions of the reading: then nothing need be asked.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async ValueTask<CacheDeclaration?> EndAsync(
        SourceReading reading, string kind, RequestedRights rights, bool isOfReading, CancellationToken cancellationToken)
    {
        var (pool, versions) = (reading.Pool, reading.Versions);
        if (!reading.IsVersioned || reading.Dependencies.Relations.Count > MaxRelations) return null;
        var isUnchanged = versions is null || isOfReading || versions.Equals(await pool.Versions.ReadAsync([.. versions.Versions.Keys], cancellationToken));
        if (!isUnchanged) return null;

        var lifetime = LifetimeOf(reading, kind, rights);
        return new CacheDeclaration
        {
            Kind = kind,
            LifetimeSeconds = (long)lifetime.Length.TotalSeconds,
            Policy = lifetime.Rule,
            Connection = pool.Record.Name,
            ConnectionId = pool.ConnectionId,
            ConnectionRevision = pool.Record.Revision,
            Rights = rights.ToContract() with { Login = pool.Login },
            NamedSourceId = rights.Named?.Id,
            NamedSourceRevision = rights.Named?.Revision,
            Incarnation = versions?.Incarnation,
            HasUnwatched = versions is { AreAllWatched: false } || reading.Dependencies is { IsVolatile: true } or { IsOpaque: true },
            Versions = versions is null ? [] : [.. versions.Versions.Where(pair => pair.Key != CatalogParts.Everything).Select(pair => new RelationVersion(pair.Key, pair.Value))],
            Tags = [.. rights.Named is { } named ? [$"named-source:{named.Name}"] : Array.Empty<string>(), .. reading.Dependencies.Names.Select(name => $"table:{pool.Record.Name}/{name}")],
            Stamp = reading.Stamp,
            IsAsHeard = isOfReading && reading.IsAsHeard,
        };
    }

    /// <summary>The same of an answer that was made of two sources of one connection.</summary>
    public async ValueTask<CacheDeclaration?> EndAsync(
        (SourceReading Reading, RequestedRights Rights) one, (SourceReading Reading, RequestedRights Rights) other, string kind, CancellationToken cancellationToken)
    {
        if (await EndAsync(one.Reading, kind, one.Rights, cancellationToken) is not { } first) return null;
        if (await EndAsync(other.Reading, kind, other.Rights, cancellationToken) is not { } second || second.Incarnation != first.Incarnation) return null;
        // Of a relation that both have read, both have read the same.
        if (first.Versions.Any(version => second.Versions.Any(same => same.Relation == version.Relation && same.Version != version.Version))) return null;
        return first with
        {
            LifetimeSeconds = Math.Min(first.LifetimeSeconds, second.LifetimeSeconds),
            Policy = first.LifetimeSeconds <= second.LifetimeSeconds ? first.Policy : second.Policy,
            Rights = first.Rights with { Also = second.Rights },
            HasUnwatched = first.HasUnwatched || second.HasUnwatched,
            Versions = [.. first.Versions.Union(second.Versions)],
            Tags = [.. first.Tags.Union(second.Tags)],
            Stamp = SourceReading.StampOf(one.Reading, other.Reading),
        };
    }

    private CacheLifetime LifetimeOf(SourceReading reading, string kind, RequestedRights rights)
    {
        var record = reading.Pool.Record;
        var name = rights.Relation is { } relation ? $"{relation.Schema}.{relation.Name}" : null;
        CacheLifetime Find(LifetimeKind which) => policy.Value.Find(record.ProviderId, record.Name, name, which);

        var table = Find(LifetimeKind.Table);
        var lifetime = kind switch
        {
            AnswerKinds.Model or AnswerKinds.Stats => Find(LifetimeKind.Model),
            AnswerKinds.Query => Find(LifetimeKind.Sql),
            _ when name is null => Find(LifetimeKind.Query),
            // The lifetime of tables is for those that nobody watches.
            _ when reading.Versions is { AreAllWatched: true } => CachePolicy.UntilModified,
            _ => table,
        };
        if (reading.Dependencies.IsOpaque || reading.Versions is { AreAllWatched: false }) lifetime = CacheLifetime.Min(lifetime, table);
        return reading.Dependencies.IsVolatile ? CacheLifetime.Min(lifetime, policy.Value.ForVolatile) : lifetime;
    }
}

/// <summary>What a caller must be granted, in words of the database.</summary>
/// <param name="AnyApi">Of <c>maps</c> and <c>sql</c>, one is enough.</param>
/// <param name="Relation">Null for a query.</param>
/// <param name="Sql">The query as the caller sent it.</param>
/// <param name="Named">The named source that was asked for in place of SQL.</param>
public sealed record RequestedRights(IReadOnlyList<string> AnyApi, Relation? Relation, string? Sql, NamedSourceRecord? Named = null)
{
    // As grants are compared (Auth, SqlText): without the white space that PostgreSQL skips and final semicolons.
    internal CacheRights ToContract() => Relation is not null
        ? new CacheRights { AnyApi = AnyApi, Database = Relation.Database, Schema = Relation.Schema, Table = Relation.Name }
        : Named is not null ? new CacheRights { AnyApi = AnyApi, NamedSource = Named.Name } : new CacheRights
        {
            AnyApi = AnyApi,
            QueryHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((Sql ?? "").TrimStart(" \t\n\r\f".ToCharArray()).TrimEnd(" \t\n\r\f;".ToCharArray())))),
        };
}
