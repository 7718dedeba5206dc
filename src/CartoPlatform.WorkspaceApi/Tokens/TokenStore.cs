using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.Paging;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>The tokens in the metadata database. A revoked one is as good as none.</summary>
internal sealed class TokenStore(MetadataDatabase database)
{
    private const string SelectValid = """
        SELECT id, account_id AS "AccountId", kind, name, grants::text AS "Grants", allowed_apis AS "AllowedApis", referers,
               created_at AS "CreatedAt", expires_at AS "ExpiresAt", created_by AS "CreatedBy", text_hash AS "TextHash", updated_at AS "UpdatedAt", login,
               limits::text AS "Limits", (SELECT u.email FROM platform.users u WHERE u.id = tokens.created_by) AS "Maker"
        FROM platform.tokens
        WHERE revoked_at IS NULL
        """;

    // The platform's own are not among them: the owner's would lock its holder out.
    private const string SelectAdministered = $"{SelectValid} AND kind = 'api' AND account_id = @AccountId AND (@SeesAll OR created_by = @actorId)";

    // A token is as good as its maker, as he is now. Whoever is none of these has been deleted.
    private static readonly string MakerMayMakeIt = $"""
        (created_by IS NULL
            OR EXISTS (SELECT FROM platform.users u WHERE u.id = tokens.created_by AND u.is_active AND u.role <> ALL (@tooLow))
            OR EXISTS (SELECT FROM platform.oauth_clients c WHERE c.id = tokens.created_by AND {MakerSql.Counts("c")})
            OR EXISTS (SELECT FROM platform.tokens o WHERE o.id = tokens.created_by AND o.kind = 'owner'))
        """;

    private static readonly string[] TooLow =
        [.. Enum.GetValues<AccountRole>().Where(role => !AdministrationPolicy.Reaches(role, AdminArea.Tokens, AdminRight.Write)).Select(role => role.ToString())];

    /// <summary>Null also while its maker is shut out, or may make none.</summary>
    public async ValueTask<TokenRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(
                new CommandDefinition($"{SelectValid} AND id = @id AND {MakerMayMakeIt}", new { id, tooLow = TooLow }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row?.ToStored().Record;
    }

    /// <summary>Those that the actor administers, the latest first.</summary>
    public async ValueTask<Page<StoredToken>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var found = await database.AskAsync(
            connection => page.ReadAsync<Row>(
                connection,
                $"{SelectAdministered} AND (@search IS NULL OR strpos(lower(name), lower(@search)) > 0)",
                "created_at DESC, id",
                new { actor.AccountId, actor.SeesAll, actorId = actor.Id },
                cancellationToken),
            cancellationToken);
        return new Page<StoredToken>([.. found.Items.Select(row => row.ToStored())], found.Total);
    }

    /// <summary>Null where there is none that the actor administers.</summary>
    public ValueTask<StoredToken?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken) => database.AskAsync(
        connection => FindAsync(connection, actor, id, "", cancellationToken), cancellationToken);

    /// <summary>The same, locked until the transaction ends.</summary>
    public static Task<StoredToken?> FindForChangeAsync(NpgsqlConnection connection, Actor actor, Guid id, CancellationToken cancellationToken) =>
        FindAsync(connection, actor, id, "FOR UPDATE", cancellationToken);

    /// <summary>The demo page's token, or null.</summary>
    public ValueTask<StoredToken?> FindDemoAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => FindOfKindAsync(connection, TokenKind.Demo, cancellationToken), cancellationToken);

    /// <summary>The platform's own token of this kind.</summary>
    public static async Task<StoredToken?> FindOfKindAsync(NpgsqlConnection connection, string kind, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition($"{SelectValid} AND kind = @kind", new { kind }, cancellationToken: cancellationToken));
        return row?.ToStored();
    }

    /// <summary>The valid ones with a grant that names the connection, locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<StoredToken>> FindOfConnectionAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            {SelectValid} AND (expires_at IS NULL OR expires_at > now())
              AND EXISTS (SELECT FROM jsonb_array_elements(grants) AS g WHERE g ->> 'connectionName' = @name)
            ORDER BY id FOR UPDATE
            """,
            new { name }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToStored())];
    }

    public static Task AddAsync(NpgsqlConnection connection, StoredToken token, string kind, CancellationToken cancellationToken)
    {
        var record = token.Record;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO platform.tokens (id, account_id, kind, name, grants, allowed_apis, referers, created_at, expires_at, created_by, text_hash, login, limits)
            VALUES (@Id, @AccountId, @kind, @Name, @grants::jsonb, @apis, @referers, @IssuedAt, @ExpiresAt, @CreatedBy, @TextHash, @Login, @limits::jsonb)
            """,
            new
            {
                record.Id,
                record.AccountId,
                kind,
                record.Name,
                grants = JsonSerializer.Serialize(record.Grants, WorkspaceJson.Default.IReadOnlyListGrantRecord),
                apis = record.AllowedApis.ToArray(),
                referers = record.Referers.ToArray(),
                token.IssuedAt,
                record.ExpiresAt,
                token.CreatedBy,
                record.Login,
                TextHash = record.TextHash is null ? null : Convert.FromHexString(record.TextHash),
                limits = Write(record.Limits),
            },
            cancellationToken: cancellationToken));
    }

    public static Task UpdateAsync(NpgsqlConnection connection, StoredToken token, CancellationToken cancellationToken)
    {
        var record = token.Record;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.tokens
            SET name = @Name, grants = @grants::jsonb, allowed_apis = @apis, referers = @referers, updated_at = @UpdatedAt, limits = @limits::jsonb
            WHERE id = @Id
            """,
            new
            {
                record.Id,
                record.Name,
                grants = JsonSerializer.Serialize(record.Grants, WorkspaceJson.Default.IReadOnlyListGrantRecord),
                apis = record.AllowedApis.ToArray(),
                referers = record.Referers.ToArray(),
                token.UpdatedAt,
                limits = Write(record.Limits),
            },
            cancellationToken: cancellationToken));
    }

    public static Task RevokeAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.tokens SET revoked_at = now() WHERE id = @id AND revoked_at IS NULL", new { id }, cancellationToken: cancellationToken));

    /// <summary>Those of a maker who is no more. Which ones they were.</summary>
    public static Task<IEnumerable<Guid>> RevokeOfMakerAsync(NpgsqlConnection connection, Guid createdBy, CancellationToken cancellationToken) =>
        connection.QueryAsync<Guid>(new CommandDefinition(
            "UPDATE platform.tokens SET revoked_at = now() WHERE created_by = @createdBy AND kind = 'api' AND revoked_at IS NULL RETURNING id",
            new { createdBy }, cancellationToken: cancellationToken));

    public static Task RevokeOfKindAsync(NpgsqlConnection connection, string kind, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.tokens SET revoked_at = now() WHERE kind = @kind AND revoked_at IS NULL",
            new { kind }, cancellationToken: cancellationToken));

    private static async Task<StoredToken?> FindAsync(
        NpgsqlConnection connection, Actor actor, Guid id, string locking, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{SelectAdministered} AND id = @id {locking}",
            new { actor.AccountId, actor.SeesAll, actorId = actor.Id, id }, cancellationToken: cancellationToken));
        return row?.ToStored();
    }

    private static string? Write(CallerLimits? limits) =>
        limits is null ? null : JsonSerializer.Serialize(limits, WorkspaceJson.Default.CallerLimits);

    // Properties, not a constructor: Dapper knows arrays by their value only.
    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid AccountId { get; init; }

        public required string Kind { get; init; }

        public string? Name { get; init; }

        public required string Grants { get; init; }

        public required string[] AllowedApis { get; init; }

        public required string[] Referers { get; init; }

        public required DateTime CreatedAt { get; init; }

        public DateTime? ExpiresAt { get; init; }

        public Guid? CreatedBy { get; init; }

        public string? Maker { get; init; }

        public byte[]? TextHash { get; init; }

        public DateTime? UpdatedAt { get; init; }

        public string? Limits { get; init; }

        public string? Login { get; init; }

        public StoredToken ToStored() => new(
            new TokenRecord
            {
                Id = Id,
                AccountId = AccountId,
                Name = Name,
                Grants = JsonSerializer.Deserialize(Grants, WorkspaceJson.Default.IReadOnlyListGrantRecord) ?? [],
                AllowedApis = AllowedApis,
                Referers = Referers,
                ExpiresAt = ExpiresAt,
                IsOwner = Kind == TokenKind.Owner,
                Role = Kind == TokenKind.Owner ? AccountRole.Superadmin : null,
                Login = Login,
                TextHash = TextHash is null ? null : Convert.ToHexStringLower(TextHash),
                Limits = Limits is null ? null : JsonSerializer.Deserialize(Limits, WorkspaceJson.Default.CallerLimits),
            },
            CreatedAt)
        { CreatedBy = CreatedBy, Maker = Maker, UpdatedAt = UpdatedAt };
    }
}
