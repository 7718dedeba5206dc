using System.Security.Cryptography;
using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Visibility;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>Makes, changes and revokes API access tokens. A change is answered when it holds in every process.</summary>
internal sealed class TokenAdministration(MetadataDatabase database, TokenIssuer issuer, ChangeVisibility visibility, TimeProvider time)
{
    /// <summary>Of a token that says nothing of them.</summary>
    public static readonly IReadOnlyList<string> DefaultApis = ["sql", "maps"];

    /// <summary>The new token and its text, which is told now and never again.</summary>
    public async Task<(StoredToken Token, string Text)> CreateAsync(Actor actor, TokenRequest request, CancellationToken cancellationToken)
    {
        // Whole seconds, as a token states them.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = request.ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : (DateTimeOffset?)null;
        var record = new TokenRecord
        {
            Id = Guid.NewGuid(),
            AccountId = actor.AccountId,
            Name = request.Name ?? $"tk_{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            Grants = request.Grants ?? [],
            AllowedApis = request.AllowedApis ?? DefaultApis,
            Referers = request.Referers ?? [],
            ExpiresAt = expiresAt,
            Limits = request.Limits,
            Login = request.Login,
        };
        var text = issuer.Issue(record, issuedAt, TokenText.NewRandom());
        var token = new StoredToken(record with { TextHash = TokenText.Hash(text) }, issuedAt) { CreatedBy = actor.Id };
        var made = await database.ChangeAsync(
            async connection =>
            {
                await TokenStore.AddAsync(connection, token, TokenKind.Api, cancellationToken);
                await AuditLog.WriteAsync(connection, actor, "token.create", record.Id.ToString(), Describe(record), cancellationToken);
                return await TokenStore.FindForChangeAsync(connection, actor, record.Id, cancellationToken);
            },
            cancellationToken);
        return (made ?? token, text);
    }

    /// <summary>The token as it is now, or why it may not be so; neither where there is none that the giver administers.</summary>
    public async Task<(StoredToken? Token, ApiError? Error)> UpdateAsync(
        Principal giver, Actor actor, Guid id, TokenRequest request, CancellationToken cancellationToken)
    {
        var (updated, error) = await database.ChangeAsync<(StoredToken?, ApiError?)>(
            async connection =>
            {
                if (await TokenStore.FindForChangeAsync(connection, actor, id, cancellationToken) is not { } current) return (null, null);
                var record = current.Record with
                {
                    Name = request.Name ?? current.Record.Name,
                    Grants = request.Grants ?? current.Record.Grants,
                    AllowedApis = request.AllowedApis ?? current.Record.AllowedApis,
                    Referers = request.Referers ?? current.Record.Referers,
                    Limits = request.MentionsLimits ? request.Limits : current.Record.Limits,
                };
                // With other APIs the grants that it keeps read more, and the other way round; with other referers somebody else has it.
                var isWidened = request.Grants is not null || request.AllowedApis is not null || request.Referers is not null;
                if (isWidened && await ExceedsAsync(connection, giver, record, cancellationToken) is { } refused) return (null, refused);
                var changed = current with { Record = record, UpdatedAt = time.GetUtcNow() };
                await TokenStore.UpdateAsync(connection, changed, cancellationToken);
                await AuditLog.WriteAsync(connection, actor, "token.update", id.ToString(), Describe(record), cancellationToken);
                return (changed, null);
            },
            cancellationToken);
        if (updated is not null) await visibility.SettleAsync(cancellationToken);
        return (updated, error);
    }

    /// <summary>Whether there was one that the actor administers; or why he may not revoke it. His own he may, whatever he has lost since.</summary>
    public async Task<(bool IsRevoked, ApiError? Error)> RevokeAsync(Principal giver, Actor actor, Guid id, CancellationToken cancellationToken)
    {
        var (isRevoked, error) = await database.ChangeAsync<(bool, ApiError?)>(
            async connection =>
            {
                if (await TokenStore.FindForChangeAsync(connection, actor, id, cancellationToken) is not { } token) return (false, null);
                if (token.CreatedBy != actor.Id && await ExceedsAsync(connection, giver, token.Record, cancellationToken) is { } refused) return (false, refused);
                await TokenStore.RevokeAsync(connection, id, cancellationToken);
                await AuditLog.WriteAsync(connection, actor, "token.revoke", id.ToString(), Describe(token.Record), cancellationToken);
                return (true, null);
            },
            cancellationToken);
        if (isRevoked) await visibility.SettleAsync(cancellationToken);
        return (isRevoked, error);
    }

    private static async Task<ApiError?> ExceedsAsync(NpgsqlConnection connection, Principal giver, TokenRecord record, CancellationToken cancellationToken)
    {
        var makers = record.Login is null ? ConnectionMakers.Unknown : await ConnectionMakers.ReadAsync(connection, cancellationToken);
        return GrantRules.Exceeds(giver, record.Grants, record.AllowedApis, record.Login, makers);
    }

    private static JsonElement Describe(TokenRecord record) => JsonSerializer.SerializeToElement(new
    {
        name = record.Name,
        grants = record.Grants.Select(grant => $"{grant.ConnectionName}:{grant.Source}"),
        allowedApis = record.AllowedApis,
        referers = record.Referers,
        expiresAt = record.ExpiresAt,
        limits = TokenLimits.Of(record.Limits),
        login = record.Login,
    });
}
