namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>The words for <see cref="MapPrivacy"/>, in the database and on the wire.</summary>
internal static class MapPrivacyText
{
    public static string Of(MapPrivacy privacy) => privacy switch
    {
        MapPrivacy.Private => "private",
        MapPrivacy.Organization => "organization",
        MapPrivacy.Groups => "groups",
        MapPrivacy.Password => "password",
        MapPrivacy.Public => "public",
        _ => throw new ArgumentOutOfRangeException(nameof(privacy)),
    };

    public static MapPrivacy? Find(string text) => text switch
    {
        "private" => MapPrivacy.Private,
        "organization" or "organisation" => MapPrivacy.Organization,
        "groups" => MapPrivacy.Groups,
        "password" => MapPrivacy.Password,
        "public" => MapPrivacy.Public,
        _ => null,
    };
}
