using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;
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

    public bool Explains { get; set; }

    public void AttachTo(HttpResponse response) => response.OnStarting(static state =>
    {
        var (outcome, response) = ((CacheOutcome, HttpResponse))state;
        outcome.WriteTo(response);
        return Task.CompletedTask;
    }, (this, response));

    private void WriteTo(HttpResponse response)
    {
        response.Headers.Remove(CacheDeclaration.Header);
        response.Headers[StatusHeader] = Status;
        if (!Explains || Key is null) return;
        response.Headers["X-Cache-Key"] = Key;
        if (Entry is not { } entry) return;
        var declaration = entry.Declaration;
        response.Headers["X-Cache-Lifetime"] = $"{declaration.LifetimeSeconds} {(declaration.Incarnation is null ? "unwatched" : "watched")} {declaration.Kind}";
        response.Headers["X-Cache-Tags"] = Uri.EscapeDataString(string.Join(' ', declaration.Tags));
        response.Headers["X-Cache-Versions"] = string.Join(' ', declaration.Versions.Select(version => $"{version.Relation}:{version.Version}"));
    }
}
