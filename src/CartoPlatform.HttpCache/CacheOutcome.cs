using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Sharing;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache;

/// <summary>What became of a request: told in <c>X-Cache</c>, whoever writes the answer.</summary>
internal sealed class CacheOutcome
{
    public const string StatusHeader = "X-Cache";
    public const string Hit = "HIT";
    public const string Miss = "MISS";
    public const string Bypass = "BYPASS";
    public const string Stale = "STALE";
    public const string Coalesced = "COALESCED";

    public string Status { get; set; } = Bypass;

    /// <summary>For administrators who ask: the key, and what the entry was made from.</summary>
    public string? Key { get; set; }

    public CacheEntry? Entry { get; set; }

    /// <summary>Of a tile.</summary>
    public int? Zoom { get; set; }

    public bool Explains { get; set; }

    /// <summary>What the answer says of data that were changed.</summary>
    public string? Changed { get; private set; }

    /// <summary>The answer goes to another cache.</summary>
    public bool IsInner { get; init; }

    public void AttachTo(HttpResponse response, WriteNews news) => response.OnStarting(static state =>
    {
        var (outcome, response, news) = ((CacheOutcome, HttpResponse, WriteNews))state;
        outcome.WriteTo(response);
        // Before the caller can know of the change.
        return outcome.Changed is { } changed ? news.TellAsync(changed) : Task.CompletedTask;
    }, (this, response, news));

    private void WriteTo(HttpResponse response)
    {
        Changed = response.Headers[CacheDeclaration.ChangedHeader];
        if (!IsInner)
        {
            response.Headers.Remove(CacheDeclaration.ChangedHeader);
            response.Headers.Remove(CacheDeclaration.Header);
            response.Headers.Remove(CacheDeclaration.RefusedHeader);
        }

        response.Headers[StatusHeader] = Status;
        if (!Explains || Key is null) return;
        response.Headers["X-Cache-Key"] = Key;
        if (Entry is not { } entry) return;
        var declaration = entry.Declaration;
        response.Headers["X-Cache-Lifetime"] = $"{declaration.LifetimeSeconds} {(declaration.Incarnation is null ? "unwatched" : declaration.HasUnwatched ? "partly-watched" : "watched")} {declaration.Kind}";
        response.Headers["X-Cache-Policy"] = Uri.EscapeDataString(declaration.Policy ?? "");
        response.Headers["X-Cache-Tags"] = Uri.EscapeDataString(string.Join(' ', declaration.Tags));
        response.Headers["X-Cache-Versions"] = string.Join(' ', declaration.Versions.Select(version => $"{version.Relation}:{version.Version}"));
    }
}
