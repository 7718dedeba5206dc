using CartoPlatform.Auth.Http;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>What a caller says about a token; null is what he does not mention.</summary>
internal sealed record TokenRequest
{
    private const int MaxGrants = 1_000;
    private const int MaxSourceLength = 128 * 1024;
    private const int MaxReferers = 100;
    private const int MaxRefererLength = 2_048;
    private const int MaxNameLength = 200;

    private static readonly string[] KnownApis = ["sql", "maps", "imports", "lds"];

    public string? Name { get; private init; }

    public IReadOnlyList<GrantRecord>? Grants { get; private init; }

    public IReadOnlyList<string>? AllowedApis { get; private init; }

    public IReadOnlyList<string>? Referers { get; private init; }

    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>Null also where they are to be taken away.</summary>
    public CallerLimits? Limits { get; private init; }

    public bool MentionsLimits { get; private init; }

    public string? Login { get; private init; }

    /// <summary>What is said when a token is made, and never again.</summary>
    public string? MentionedOnce { get; private init; }

    public static TokenRequest Read(JsonBody body, DateTimeOffset now)
    {
        var request = new TokenRequest
        {
            Name = body.Text("name", MaxNameLength),
            Grants = ReadGrants(body),
            AllowedApis = ReadApis(body),
            Referers = ReadReferers(body),
            ExpiresAt = body.Moment("expiration_date"),
            Limits = TokenLimits.Read(body),
            MentionsLimits = body.Mentions(TokenLimits.Member),
            Login = body.Text("login", WorkspaceLimits.LoginNameLength),
            MentionedOnce = body.Mentions("expiration_date") ? "expiration_date" : body.Mentions("login") ? "login" : null,
        };
        body.RefuseOthers();
        if (request.ExpiresAt <= now.AddSeconds(1)) body.Fail("expiration_date must be in the future");
        return request;
    }

    internal static List<GrantRecord>? ReadGrants(JsonBody body)
    {
        if (body.Objects("grants", MaxGrants) is not { } items) return null;
        var grants = new List<GrantRecord>();
        foreach (var item in items)
        {
            var connection = item.RequiredText("connection_name", WorkspaceLimits.ConnectionNameLength);
            // CARTO's reference has both words for it.
            var (source, resource) = (item.Text("source", MaxSourceLength), item.Text("resource", MaxSourceLength));
            if (source is not null && resource is not null && source != resource) item.Fail("source and resource are two words for one thing");
            // Left out it means everything; null may be a value that somebody thought he had.
            if ((item.Mentions("source") && source is null) || (item.Mentions("resource") && resource is null)) item.Fail("source must be a text, or left out for the whole connection");
            var grant = new GrantRecord(connection, source ?? resource ?? "*");
            if (!GrantSource.CanMatch(grant.Source)) item.Fail($"{grant.Source} is not a table, pattern or query");
            item.RefuseOthers("grants");
            grants.Add(grant);
            body.Adopt(item);
        }

        if (grants.Count == 0) body.Fail("grants must name at least one connection");
        return [.. grants.Distinct()];
    }

    internal static List<string>? ReadApis(JsonBody body)
    {
        if (body.Texts("allowed_apis", KnownApis.Length * 2, MaxNameLength) is not { } apis) return null;
        if (apis.Count == 0 || apis.Any(api => !KnownApis.Contains(api))) body.Fail($"allowed_apis must hold some of {string.Join(", ", KnownApis)}");
        return [.. apis.Distinct()];
    }

    private static List<string>? ReadReferers(JsonBody body)
    {
        if (body.Texts("referers", MaxReferers, MaxRefererLength) is not { } referers) return null;
        if (referers.FirstOrDefault(referer => !RefererRule.IsEntry(referer)) is { } wrong && body.Error is null)
            body.Fail($"referers must hold origins such as https://app.example.org, and {wrong} is none");
        return [.. referers.Distinct()];
    }
}
