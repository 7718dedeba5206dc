using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.PostGis.Caching;

/// <summary>Lifetimes of one warehouse, connection or source; what is not set comes from the next more general one.</summary>
public sealed class CacheLifetimes
{
    public TimeSpan? Table { get; set; }

    public TimeSpan? Query { get; set; }

    public TimeSpan? Tileset { get; set; }

    public TimeSpan? Model { get; set; }

    public TimeSpan? Sql { get; set; }

    internal TimeSpan? Of(LifetimeKind kind) => kind switch
    {
        LifetimeKind.Table => Table,
        LifetimeKind.Query => Query,
        LifetimeKind.Tileset => Tileset,
        LifetimeKind.Model => Model,
        _ => Sql,
    };
}

/// <summary>The columns of CARTO's table of lifetimes.</summary>
public enum LifetimeKind
{
    /// <summary>Maps of tables.</summary>
    Table,

    /// <summary>Maps of queries.</summary>
    Query,

    /// <summary>Maps of tilesets.</summary>
    Tileset,

    /// <summary>Widgets and statistics.</summary>
    Model,

    /// <summary>The SQL API.</summary>
    Sql,
}

/// <summary>How long an answer may be kept, and who says so.</summary>
/// <param name="Length">Greatest age.</param>
/// <param name="Rule">Name of the setting (<c>Cache:Lifetimes:carto_dw:Sql</c>), or of the published default (<c>default:postgres:Sql</c>).</param>
public readonly record struct CacheLifetime(TimeSpan Length, string Rule)
{
    public static CacheLifetime Min(CacheLifetime one, CacheLifetime other) => one.Length <= other.Length ? one : other;
}

/// <summary>
/// How long answers may be kept: the defaults that CARTO publishes ("Managing cache in your CARTO applications"), and what an operator
/// sets in their place. On a watched connection a table's entry lives until it is modified, a query's for its lifetime or until then.
/// </summary>
public sealed class CachePolicy
{
    public const string Section = "Cache";

    /// <summary>Stands for "until modified": longer than any entry stays in memory.</summary>
    public static readonly CacheLifetime UntilModified = new(TimeSpan.FromDays(365), "until-modified");

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    // Warehouses that tell modifications themselves are asked again after five minutes at the latest.
    private static readonly CacheLifetimes Telling = Published(TimeSpan.FromMinutes(5));
    private static readonly CacheLifetimes Silent = Published(TimeSpan.FromMinutes(30));

    private static readonly Dictionary<string, CacheLifetimes> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bigquery"] = Telling,
        ["snowflake"] = Telling,
        ["oracle"] = Telling,
        ["redshift"] = Silent,
        ["databricks"] = Silent,
        ["postgres"] = Silent,
    };

    /// <summary>By warehouse (<c>postgres</c>), connection (<c>carto_dw</c>) or source (<c>carto_dw/demo.stores</c>).</summary>
    public IDictionary<string, CacheLifetimes> Lifetimes { get; } = new Dictionary<string, CacheLifetimes>(StringComparer.OrdinalIgnoreCase);

    /// <summary>For queries that call a volatile function or depend on the time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan Volatile { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The lifetime by the most special setting there is.</summary>
    /// <param name="warehouse">Kind of the connection's database.</param>
    /// <param name="connection">Its name.</param>
    /// <param name="source">The table's name with its schema; null for a query.</param>
    /// <param name="kind">Which lifetime.</param>
    public CacheLifetime Find(string warehouse, string connection, string? source, LifetimeKind kind) =>
        Set($"{connection}/{source}", kind) ?? Set(connection, kind) ?? Set(warehouse, kind) ?? new CacheLifetime(
            Defaults.GetValueOrDefault(warehouse, Silent).Of(kind) ?? TimeSpan.Zero, $"default:{warehouse}:{kind}");

    internal CacheLifetime ForVolatile => new(Volatile, $"{Section}:{nameof(Volatile)}");

    private CacheLifetime? Set(string name, LifetimeKind kind) =>
        Lifetimes.TryGetValue(name, out var lifetimes) && lifetimes.Of(kind) is { } length ? new CacheLifetime(length, $"{Section}:{nameof(Lifetimes)}:{name}:{kind}") : null;

    private static CacheLifetimes Published(TimeSpan table) =>
        new() { Table = table, Query = Year, Tileset = Year, Model = TimeSpan.FromMinutes(5), Sql = Year };
}
