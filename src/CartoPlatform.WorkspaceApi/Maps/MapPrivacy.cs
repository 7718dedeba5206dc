namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Who may see a map, beside those who may edit it.</summary>
internal enum MapPrivacy
{
    Private,

    /// <summary>Everybody with a place in the organisation.</summary>
    Organization,

    /// <summary>The users of some groups.</summary>
    Groups,

    /// <summary>Whoever knows the map's password.</summary>
    Password,

    Public,
}
