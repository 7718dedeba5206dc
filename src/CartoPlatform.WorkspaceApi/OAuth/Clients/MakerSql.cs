namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>
/// Whether a client still counts, in SQL: a machine is as good as whoever has had its secret last, and an application as whoever has said
/// last where its users are sent, as he is now. He is a user who may still make such a client, the owner, or a client for which the same is true.
/// </summary>
internal static class MakerSql
{
    /// <summary>The condition.</summary>
    /// <param name="client">Name of the row of <c>platform.oauth_clients</c>.</param>
    public static string Counts(string client) => $$"""
        EXISTS (
            WITH RECURSIVE makers (id, role) AS (
                SELECT {{client}}.created_by, {{client}}.role
                UNION
                SELECT m.created_by, m.role FROM makers JOIN platform.oauth_clients m ON m.id = makers.id)
            SELECT FROM makers
            WHERE makers.id IS NULL
               OR EXISTS (SELECT FROM platform.tokens o WHERE o.id = makers.id AND o.kind = 'owner')
               OR EXISTS (SELECT FROM platform.users u WHERE u.id = makers.id AND u.is_active
                          AND (u.role = 'Superadmin' OR (u.role = 'Admin' AND makers.role NOT IN ('Admin', 'Superadmin')))))
        """;
}
