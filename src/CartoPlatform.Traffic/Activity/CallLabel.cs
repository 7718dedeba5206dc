using System.Buffers;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Activity;

/// <summary>
/// What was called, as it is kept: the same for all calls that are written the same way. Of what a caller sends only names and his own
/// labels are taken, cut to a length; never the text of a query, nor anything of a token.
/// </summary>
public sealed record CallLabel
{
    private const int MaxName = 200;
    private const int MaxTags = 10;
    private const int MaxTagName = 32;
    private const int MaxTagValue = 100;
    private const string TagPrefix = "tag-";
    private const string Other = "other";

    // Words of the API's paths.
    private static readonly SearchValues<char> WordLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private CallLabel(string method, string api, string operation) => (Method, Api, Operation) = (method, api, operation);

    public string Method { get; }

    public string Api { get; }

    public string Operation { get; private init; }

    public string? Connection { get; private init; }

    public string? Source { get; private init; }

    public string? Client { get; private init; }

    public IReadOnlyDictionary<string, string>? Tags { get; private init; }

    public string? MapId { get; private init; }

    /// <summary>Whether a path is one of the API, and no page.</summary>
    internal static bool IsApi(PathString path) => path.StartsWithSegments("/v3") || path.StartsWithSegments("/oauth");

    /// <summary>Of a request whose path has been brought to its one spelling.</summary>
    public static CallLabel Of(HttpContext context)
    {
        var request = context.Request;
        var parts = (request.Path.Value ?? "").Split('/', 8, StringSplitOptions.RemoveEmptyEntries);
        var body = context.Features.Get<BodyLabels>();
        var tags = Join(TagsOf(request.Query), body?.Tags);
        var label = OfPath(request, parts) with
        {
            Client = Cut(request.Query["client"].ToString(), MaxName) ?? Cut(body?.Client, MaxName),
            Tags = tags,
        };
        return label.MapId is null && tags?.GetValueOrDefault("mapId") is { } map ? label with { MapId = Guid.TryParse(map, out var id) ? id.ToString() : map } : label;
    }

    private static CallLabel OfPath(HttpRequest request, string[] parts)
    {
        var (method, query) = (Word(request.Method.ToLowerInvariant()).ToUpperInvariant(), request.Query);
        switch (parts)
        {
            case ["oauth", var step, ..]:
                return new CallLabel(method, "oauth", Word(step));
            case [_, "maps", "public", var map, ..]:
                return new CallLabel(method, "maps", "public") { MapId = Guid.TryParse(map, out var id) ? id.ToString() : null };
            case [_, "maps", var first, ..] when Guid.TryParse(first, out var map):
                return new CallLabel(method, "maps", "administration") { MapId = map.ToString() };
            case [_, "maps", var connection, var kind, .. var rest]:
                var what = rest.Length > 0 ? "/tile" : query["format"] == "tilejson" ? "/tilejson" : "";
                return new CallLabel(method, "maps", Word(kind) + what) { Connection = ConnectionOf(connection), Source = Cut(query["name"].ToString(), MaxName) };
            case [_, "sql", var connection, var kind, .. var rest]:
                return new CallLabel(method, "sql", kind == "model" && rest is [var model, ..] ? $"model/{Word(model)}" : Word(kind))
                {
                    Connection = ConnectionOf(connection),
                    Source = query["type"] == "table" ? Cut(query["source"].ToString(), MaxName) : null,
                };
            case [_, "stats", var connection, .. var rest]:
                return new CallLabel(method, "stats", "attribute") { Connection = ConnectionOf(connection), Source = rest is [var table, _] ? Cut(table, MaxName) : null };
            case [_, var api, ..]:
                return new CallLabel(method, Word(api), "administration");
            default:
                return new CallLabel(method, Other, Other);
        }
    }

    private static string? ConnectionOf(string name) => WorkspaceNames.IsConnection(name) ? name : null;

    private static Dictionary<string, string>? TagsOf(IQueryCollection query)
    {
        Dictionary<string, string>? tags = null;
        foreach (var (name, values) in query) AddTag(ref tags, name, values.ToString());
        return tags;
    }

    internal static void AddTag(ref Dictionary<string, string>? tags, string name, string value)
    {
        if (!name.StartsWith(TagPrefix, StringComparison.Ordinal) || tags?.Count >= MaxTags) return;
        if (Cut(name[TagPrefix.Length..], MaxTagName) is { } key && Cut(value, MaxTagValue) is { } cut) (tags ??= new(StringComparer.Ordinal)).TryAdd(key, cut);
    }

    private static IReadOnlyDictionary<string, string>? Join(Dictionary<string, string>? ofUrl, IReadOnlyDictionary<string, string>? ofBody)
    {
        if (ofUrl is null || ofBody is null) return ofUrl ?? ofBody;
        foreach (var (name, value) in ofBody) ofUrl.TryAdd(name, value);
        return ofUrl;
    }

    private static string Word(string text) => text.Length is > 0 and <= 32 && !text.AsSpan().ContainsAnyExcept(WordLetters) ? text : Other;

    // PostgreSQL keeps no NUL, and no half of a surrogate pair.
    private static string? Cut(string? text, int length)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var cut = text.Length <= length ? text : text[..length];
        return cut.Any(letter => letter == '\0' || char.IsSurrogate(letter)) ? new string([.. cut.Where(letter => letter != '\0' && !char.IsSurrogate(letter))]) : cut;
    }
}

/// <summary>What a caller has said of himself in the body of a request, by whoever has read it.</summary>
public sealed record BodyLabels(string? Client, IReadOnlyDictionary<string, string>? Tags)
{
    /// <param name="client">The parameter of this name.</param>
    /// <param name="parameters">All parameters; those that are no tags are passed over.</param>
    public static BodyLabels Of(string? client, IEnumerable<(string Name, string Value)> parameters)
    {
        Dictionary<string, string>? tags = null;
        foreach (var (name, value) in parameters) CallLabel.AddTag(ref tags, name, value);
        return new BodyLabels(client, tags);
    }
}
