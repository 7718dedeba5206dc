using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Paging;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>The clients in the metadata database.</summary>
internal sealed class ClientStore(MetadataDatabase database)
{
    private static readonly string Select = $"""
        SELECT id, account_id AS "AccountId", kind, name, secret_hash AS "SecretHash", role, scopes, grants::text AS "Grants",
               allowed_apis AS "AllowedApis", redirect_uris AS "RedirectUris", logout_uris AS "LogoutUris", origins,
               login, created_by AS "CreatedBy", created_at AS "CreatedAt", updated_at AS "UpdatedAt",
               (SELECT u.email FROM platform.users u WHERE u.id = oauth_clients.created_by) AS "Maker", {MakerSql.Counts("oauth_clients")} AS "IsActive"
        FROM platform.oauth_clients
        """;

    /// <summary>The client of this id, for itself; null also while it does not count.</summary>
    public async ValueTask<OAuthClient?> FindAsync(Guid id, CancellationToken cancellationToken) => await database.AskAsync(
        connection => FindAsync(connection, "id = @id", new { id }, cancellationToken), cancellationToken) is { IsActive: true } client ? client : null;

    /// <summary>The same for those who administer it.</summary>
    public ValueTask<OAuthClient?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken) => database.AskAsync(
        connection => FindAsync(connection, "id = @id AND account_id = @AccountId", new { id, actor.AccountId }, cancellationToken), cancellationToken);

    /// <summary>The same, locked until the transaction ends.</summary>
    public static Task<OAuthClient?> FindForChangeAsync(NpgsqlConnection connection, Actor actor, Guid id, CancellationToken cancellationToken) =>
        FindAsync(connection, "id = @id AND account_id = @AccountId FOR UPDATE", new { id, actor.AccountId }, cancellationToken);

    /// <summary>Those with a grant that names the connection, locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<OAuthClient>> FindOfConnectionAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            {Select}
            WHERE EXISTS (SELECT FROM jsonb_array_elements(grants) AS g WHERE g ->> 'connectionName' = @name)
            ORDER BY id FOR UPDATE
            """,
            new { name }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToClient())];
    }

    /// <summary>The latest first.</summary>
    public async ValueTask<Page<OAuthClient>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var found = await database.AskAsync(
            connection => page.ReadAsync<Row>(
                connection,
                $"{Select} WHERE account_id = @AccountId AND (@search IS NULL OR strpos(lower(name), lower(@search)) > 0)",
                "created_at DESC, id",
                new { actor.AccountId },
                cancellationToken),
            cancellationToken);
        return new Page<OAuthClient>([.. found.Items.Select(row => row.ToClient())], found.Total);
    }

    public static Task AddAsync(NpgsqlConnection connection, OAuthClient client, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO platform.oauth_clients
                (id, account_id, kind, name, secret_hash, role, scopes, grants, allowed_apis, redirect_uris, logout_uris, origins, login, created_by, created_at, updated_at)
            VALUES (@Id, @AccountId, @Kind, @Name, @SecretHash, @Role, @Scopes, @Grants::jsonb, @AllowedApis, @RedirectUris, @LogoutUris, @Origins, @Login, @CreatedBy, @CreatedAt, @UpdatedAt)
            """,
            Parameters(client), cancellationToken: cancellationToken));

    /// <summary>Writes all that can change.</summary>
    public static Task UpdateAsync(NpgsqlConnection connection, OAuthClient client, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.oauth_clients
            SET name = @Name, secret_hash = @SecretHash, role = @Role, scopes = @Scopes, grants = @Grants::jsonb, allowed_apis = @AllowedApis,
                redirect_uris = @RedirectUris, logout_uris = @LogoutUris, origins = @Origins, login = @Login, updated_at = @UpdatedAt,
                created_by = @CreatedBy
            WHERE id = @Id
            """,
            Parameters(client), cancellationToken: cancellationToken));

    /// <summary>With it go its tokens, codes and authorizations.</summary>
    public static Task DeleteAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("DELETE FROM platform.oauth_clients WHERE id = @id", new { id }, cancellationToken: cancellationToken));

    internal static IReadOnlyList<GrantRecord>? ReadGrants(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, WorkspaceJson.Default.IReadOnlyListGrantRecord);

    private static async Task<OAuthClient?> FindAsync(NpgsqlConnection connection, string where, object parameters, CancellationToken cancellationToken) =>
        (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} WHERE {where}", parameters, cancellationToken: cancellationToken)))?.ToClient();

    private static object Parameters(OAuthClient client) => new
    {
        client.Id,
        client.AccountId,
        client.Kind,
        client.Name,
        client.SecretHash,
        Role = client.Role.ToString(),
        Scopes = client.Scopes.ToArray(),
        Grants = client.Grants is null ? null : JsonSerializer.Serialize(client.Grants, WorkspaceJson.Default.IReadOnlyListGrantRecord),
        AllowedApis = client.AllowedApis.ToArray(),
        RedirectUris = client.RedirectUris.ToArray(),
        LogoutUris = client.LogoutUris.ToArray(),
        Origins = client.Origins.ToArray(),
        client.Login,
        client.CreatedBy,
        client.CreatedAt,
        client.UpdatedAt,
    };

    // Properties, not a constructor: Dapper knows arrays by their value only.
    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid AccountId { get; init; }

        public required string Kind { get; init; }

        public required string Name { get; init; }

        public byte[]? SecretHash { get; init; }

        public required string Role { get; init; }

        public required string[] Scopes { get; init; }

        public string? Grants { get; init; }

        public required string[] AllowedApis { get; init; }

        public required string[] RedirectUris { get; init; }

        public required string[] LogoutUris { get; init; }

        public required string[] Origins { get; init; }

        public string? Login { get; init; }

        public Guid? CreatedBy { get; init; }

        public string? Maker { get; init; }

        public required bool IsActive { get; init; }

        public required DateTime CreatedAt { get; init; }

        public required DateTime UpdatedAt { get; init; }

        public OAuthClient ToClient() => new()
        {
            Id = Id,
            AccountId = AccountId,
            Kind = Kind,
            Name = Name,
            SecretHash = SecretHash,
            Role = Enum.Parse<AccountRole>(Role),
            Scopes = Scopes,
            Grants = ReadGrants(Grants),
            AllowedApis = AllowedApis,
            RedirectUris = RedirectUris,
            LogoutUris = LogoutUris,
            Origins = Origins,
            Login = Login,
            CreatedBy = CreatedBy,
            Maker = Maker,
            IsActive = IsActive,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
