using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Passwords;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>A wish to share a map: <c>privacy</c> with <c>sharingScope</c>, <c>groups</c> or <c>password</c> (contract, section 13).</summary>
/// <param name="Privacy">Who may see it.</param>
/// <param name="Groups">With <see cref="MapPrivacy.Groups"/>: whose users.</param>
/// <param name="Password">With <see cref="MapPrivacy.Password"/>; null keeps the one that the map has.</param>
internal sealed record MapSharing(MapPrivacy Privacy, IReadOnlyList<Guid> Groups, string? Password)
{
    private const int MaxGroups = 100;
    private const int MinPasswordLength = 8;
    private const int MaxPasswordLength = 200;

    private static readonly string[] Members = ["privacy", "sharingScope", "groups", "password"];

    /// <summary>Whether a request has anything to say of it.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, JsonElement> members) => members.ContainsKey("privacy");

    public static bool IsMember(string name) => Members.Contains(name);

    public static (MapSharing? Sharing, ApiError? Error) Read(IReadOnlyDictionary<string, JsonElement> members)
    {
        var scope = members.TryGetValue("sharingScope", out var scopeValue) ? scopeValue : default;
        var word = members.TryGetValue("privacy", out var value) ? MapJson.TextOf(value) : null;
        var groups = ReadGroups(members, scope);
        if (groups is null) return (null, ApiError.BadRequest($"groups must be a list of at most {MaxGroups} ids of groups"));
        var privacy = word == "shared" ? SharedWith(MapJson.TextOf(scope), groups) : MapPrivacyText.Find(word ?? "");
        if (privacy is null) return (null, ApiError.BadRequest("privacy must be one of private, shared, organization, groups, password, public"));
        if ((privacy == MapPrivacy.Groups) != (groups.Count > 0))
            return (null, ApiError.BadRequest(groups.Count > 0 ? "groups goes with the privacy groups" : "groups is missing: the ids of the groups to share the map with"));

        var password = members.TryGetValue("password", out var passwordValue) ? MapJson.TextOf(passwordValue) ?? "" : null;
        if (password is not null && (privacy != MapPrivacy.Password || password.Length is < MinPasswordLength or > MaxPasswordLength))
            return (null, ApiError.BadRequest($"password goes with the privacy password, and is a text of {MinPasswordLength} to {MaxPasswordLength} characters"));
        return (new MapSharing(privacy.Value, groups, password), null);
    }

    /// <summary>The map shared so. One that was never published is published with it: those it is shared with see published versions.</summary>
    public async ValueTask<MapChange> ApplyAsync(StoredMap map, PasswordHashing passwords, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hash = Privacy != MapPrivacy.Password ? null
            : Password is null ? map.PasswordHash
            : await passwords.HashAsync(Password, cancellationToken);
        if (Privacy == MapPrivacy.Password && hash is null) return MapChange.Refuse(ApiError.BadRequest("password is missing"));
        var shared = map with { Privacy = Privacy, Groups = Groups, PasswordHash = hash, UpdatedAt = now };
        return MapChange.To(Privacy != MapPrivacy.Private && map.Published is null ? shared.Publish(now) : shared);
    }

    private static MapPrivacy? SharedWith(string? scope, List<Guid> groups) => scope switch
    {
        "organization" or "organisation" => MapPrivacy.Organization,
        "groups" or "group" => MapPrivacy.Groups,
        "password" => MapPrivacy.Password,
        null => groups.Count > 0 ? MapPrivacy.Groups : MapPrivacy.Organization,
        _ => null,
    };

    /// <summary>From <c>groups</c>, or the same inside an object <c>sharingScope</c>.</summary>
    private static List<Guid>? ReadGroups(IReadOnlyDictionary<string, JsonElement> members, JsonElement scope)
    {
        if (!members.TryGetValue("groups", out var list) && !(scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("groups", out list))) return [];
        if (list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxGroups) return null;
        var ids = new List<Guid>();
        foreach (var element in list.EnumerateArray())
        {
            if (!Guid.TryParse(MapJson.TextOf(element), out var id)) return null;
            if (!ids.Contains(id)) ids.Add(id);
        }

        ids.Sort();
        return ids;
    }
}
