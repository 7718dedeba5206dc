using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>The tokens in the metadata database. A revoked one is as good as none.</summary>
internal sealed class TokenStore(MetadataDatabase database)
{
    private const string SelectValid = """
        SELECT id, account_id AS "AccountId", kind, name, grants::text AS "Grants", allowed_apis AS "AllowedApis", referers,
               created_at AS "CreatedAt", expires_at AS "ExpiresAt"
        FROM platform.tokens
        WHERE revoked_at IS NULL
        """;

    public async ValueTask<TokenRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(
                new CommandDefinition($"{SelectValid} AND id = @id", new { id }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row?.ToStored().Record;
    }

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

    public static Task AddAsync(NpgsqlConnection connection, StoredToken token, string kind, CancellationToken cancellationToken)
    {
        var record = token.Record;
        return connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO platform.tokens (id, account_id, kind, name, grants, allowed_apis, referers, created_at, expires_at)
            VALUES (@Id, @AccountId, @kind, @Name, @grants::jsonb, @apis, @referers, @IssuedAt, @ExpiresAt)
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
            },
            cancellationToken: cancellationToken));
    }

    public static Task RevokeOfKindAsync(NpgsqlConnection connection, string kind, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.tokens SET revoked_at = now() WHERE kind = @kind AND revoked_at IS NULL",
            new { kind }, cancellationToken: cancellationToken));

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
            },
            CreatedAt);
    }
}
