using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Tokens;
using CartoPlatform.WorkspaceApi.Users;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>What a caller says about a client; null is what he does not mention.</summary>
internal sealed record ClientRequest
{
    private const int MaxUris = 50;
    private const int MaxUriLength = 2_048;
    private const int MaxNameLength = 200;
    private const int MaxScopes = 100;

    private static readonly string[] DefaultApis = ["sql", "maps"];

    public string? Kind { get; private init; }

    public string? Name { get; private init; }

    public AccountRole? Role { get; private init; }

    public IReadOnlyList<string>? Scopes { get; private init; }

    /// <summary>Given as null, it is what the role reads.</summary>
    public bool MentionsGrants { get; private init; }

    public IReadOnlyList<GrantRecord>? Grants { get; private init; }

    public IReadOnlyList<string>? AllowedApis { get; private init; }

    public IReadOnlyList<string>? RedirectUris { get; private init; }

    public IReadOnlyList<string>? LogoutUris { get; private init; }

    public IReadOnlyList<string>? Origins { get; private init; }

    /// <summary>Given as null, it is each connection's own.</summary>
    public bool MentionsLogin { get; private init; }

    public string? Login { get; private init; }

    public static ClientRequest Read(JsonBody body)
    {
        var kind = body.Text("kind", MaxNameLength);
        if (kind is not (null or ClientKind.Machine or ClientKind.Spa)) body.Fail($"kind must be {ClientKind.Machine} or {ClientKind.Spa}");
        var request = new ClientRequest
        {
            Kind = kind,
            Name = body.Text("name", MaxNameLength),
            Role = UserRules.ReadRole(body),
            Scopes = ReadScopes(body),
            MentionsGrants = body.Mentions("grants"),
            Grants = TokenRequest.ReadGrants(body),
            AllowedApis = TokenRequest.ReadApis(body),
            RedirectUris = ReadUris(body, "redirect_uris"),
            LogoutUris = ReadUris(body, "logout_uris"),
            Origins = ReadOrigins(body),
            MentionsLogin = body.Mentions("login"),
            Login = body.Text("login", WorkspaceLimits.LoginNameLength),
        };
        body.RefuseOthers();
        return request;
    }

    /// <summary>The client as it is to be; what does not fit together is said of the body.</summary>
    private OAuthClient Apply(OAuthClient client, JsonBody body)
    {
        var applied = client with
        {
            Name = Name ?? client.Name,
            Role = Role ?? client.Role,
            Scopes = Scopes ?? client.Scopes,
            Grants = MentionsGrants ? Grants : client.Grants,
            AllowedApis = AllowedApis ?? client.AllowedApis,
            RedirectUris = RedirectUris ?? client.RedirectUris,
            LogoutUris = LogoutUris ?? client.LogoutUris,
            Origins = Origins ?? client.Origins,
            Login = MentionsLogin ? Login : client.Login,
        };
        Check(applied, body);
        return applied;
    }

    /// <summary>The same of one that there is. Whoever says where users of an application are sent, answers for it from now on.</summary>
    public OAuthClient Change(OAuthClient client, Actor actor, JsonBody body) =>
        Apply(client, body) is var changed && RedirectUris is not null && !client.IsMachine ? changed with { CreatedBy = actor.Id } : changed;

    public OAuthClient Create(Actor actor, JsonBody body, DateTimeOffset now)
    {
        var kind = Kind ?? ClientKind.Machine;
        if (Name is null) body.Fail("name is missing");
        return Apply(
            new OAuthClient
            {
                Id = Guid.NewGuid(),
                AccountId = actor.AccountId,
                Kind = kind,
                Name = "",
                Role = AccountRole.Viewer,
                Scopes = kind == ClientKind.Spa ? OAuthScopes.OfApplications : Role is { } role ? [.. OAuthScopes.OfRole(role)] : [],
                AllowedApis = DefaultApis,
                CreatedBy = actor.Id,
                CreatedAt = now,
                UpdatedAt = now,
            },
            body);
    }

    private static void Check(OAuthClient client, JsonBody body)
    {
        // What it made, a token or a map, would read without its login.
        if (client.Login is not null && client.Scopes.FirstOrDefault(scope => scope.StartsWith("write:", StringComparison.Ordinal)) is { } writing)
            body.Fail($"A client with a login reads and nothing else: it may not have the scope {writing}");
        if (client.IsMachine)
        {
            if (client.RedirectUris.Count + client.LogoutUris.Count + client.Origins.Count > 0)
                body.Fail("redirect_uris, logout_uris and origins are for clients of the kind spa");
            var reached = OAuthScopes.OfRole(client.Role).ToHashSet();
            if (client.Scopes.FirstOrDefault(scope => !reached.Contains(scope)) is { } beyond)
                body.Fail($"scopes must be within the role, and {client.Role} does not reach {beyond}");
        }
        else if (client.RedirectUris.Count == 0)
        {
            body.Fail("redirect_uris is missing");
        }
    }

    private static IReadOnlyList<string>? ReadScopes(JsonBody body)
    {
        if (body.Texts("scopes", MaxScopes, MaxNameLength) is not { } scopes) return null;
        if (body.Error is null && scopes.FirstOrDefault(scope => !OAuthScopes.Known.Contains(scope)) is { } unknown) body.Fail($"There is no scope {unknown}");
        return [.. scopes.Distinct()];
    }

    private static IReadOnlyList<string>? ReadUris(JsonBody body, string name)
    {
        if (body.Texts(name, MaxUris, MaxUriLength) is not { } uris) return null;
        if (body.Error is null && uris.FirstOrDefault(uri => !IsPage(uri)) is { } wrong)
            body.Fail($"{name} must hold https URLs without a fragment (http on localhost alone), and {wrong} is none");
        return [.. uris.Distinct()];
    }

    private static IReadOnlyList<string>? ReadOrigins(JsonBody body)
    {
        if (body.Texts("origins", MaxUris, MaxUriLength) is not { } origins) return null;
        if (body.Error is null && origins.FirstOrDefault(origin => !IsPage(origin) || new Uri(origin).GetLeftPart(UriPartial.Authority) != origin) is { } wrong)
            body.Fail($"origins must hold such as https://app.example.org, and {wrong} is none");
        return [.. origins.Distinct()];
    }

    // RFC 9700, section 2.6, and RFC 6749, section 3.1.2. A name or password in it would be shown to whoever looks at a link.
    private static bool IsPage(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri is { Fragment.Length: 0, UserInfo.Length: 0 } && !text.Contains('#', StringComparison.Ordinal)
        && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter == '\\');
}
