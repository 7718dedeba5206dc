using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Workspace;

/// <summary>What a user is in the organisation, in CARTO's words; each may do what the one before it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AccountRole>))]
public enum AccountRole
{
    /// <summary>Looks at what others made.</summary>
    Viewer,

    /// <summary>Makes maps, tokens, connections and named sources.</summary>
    Editor,

    /// <summary>Administers what anybody made, and the users.</summary>
    Admin,

    /// <summary>May also make and unmake Admins. The owner's token is one.</summary>
    Superadmin,
}
