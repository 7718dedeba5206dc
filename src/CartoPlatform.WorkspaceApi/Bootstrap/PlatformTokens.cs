using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Demo;
using CartoPlatform.WorkspaceApi.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Bootstrap;

/// <summary>The two tokens that the platform makes for itself.</summary>
internal sealed class PlatformTokens(
    TokenIssuer issuer, TokenVerifier verifier, TimeProvider time, IOptions<BootstrapOptions> bootstrap, IOptions<DemoOptions> demo)
{
    /// <summary>
    /// Keeps the owner's token while its file holds it. A lost or foreign file may be in somebody else's hands: then there is a new
    /// token, and the old one ends. The file comes before the commit: if it cannot be written, the old token stays valid.
    /// </summary>
    public async Task EnsureOwnerAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(bootstrap.Value.OwnerTokenFile)) return;
        try
        {
            await KeepOrReplaceOwnerAsync(connection, accountId, new OwnerTokenFile(bootstrap.Value.OwnerTokenFile), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Bootstrap:OwnerTokenFile cannot be read and written: {exception.Message}", exception);
        }
    }

    /// <summary>The demo page's token is public: it exists only while the page does.</summary>
    public async Task EnsureDemoAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken)
    {
        if (!demo.Value.Enabled)
        {
            await TokenStore.RevokeOfKindAsync(connection, TokenKind.Demo, cancellationToken);
            return;
        }

        if (await TokenStore.FindOfKindAsync(connection, TokenKind.Demo, cancellationToken) is { } known)
        {
            // One of before has all of the schema, or the samples of then.
            if (known.Record.Grants.SequenceEqual(SampleTables.Grants)) return;
            var narrowed = known with { Record = known.Record with { Grants = SampleTables.Grants }, UpdatedAt = time.GetUtcNow() };
            await TokenStore.UpdateAsync(connection, narrowed, cancellationToken);
            return;
        }

        var token = NewToken(accountId, "demo page", SampleTables.Grants, ["sql", "maps"], isOwner: false);
        await TokenStore.AddAsync(connection, token, TokenKind.Demo, cancellationToken);
    }

    private async Task KeepOrReplaceOwnerAsync(
        NpgsqlConnection connection, Guid accountId, OwnerTokenFile file, CancellationToken cancellationToken)
    {
        var current = await TokenStore.FindOfKindAsync(connection, TokenKind.Owner, cancellationToken);
        if (current is not null && await HoldsAsync(file, current, cancellationToken)) return;

        await file.WriteAsync(await ReplaceOwnerAsync(connection, accountId, cancellationToken), cancellationToken);
    }

    /// <summary>A new token for the owner; the old one ends.</summary>
    public async Task<string> ReplaceOwnerAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken)
    {
        await TokenStore.RevokeOfKindAsync(connection, TokenKind.Owner, cancellationToken);
        var token = NewToken(accountId, "owner", [new GrantRecord("*")], ["sql", "maps", "imports", "lds"], isOwner: true);
        await TokenStore.AddAsync(connection, token, TokenKind.Owner, cancellationToken);
        return issuer.Issue(token.Record, token.IssuedAt);
    }

    private async Task<bool> HoldsAsync(OwnerTokenFile file, StoredToken current, CancellationToken cancellationToken) =>
        await file.ReadAsync(cancellationToken) is { } text
        && await verifier.VerifyAsync(text) is { } claims
        && claims.Id == current.Record.Id;

    private StoredToken NewToken(Guid accountId, string name, IReadOnlyList<GrantRecord> grants, string[] apis, bool isOwner) => new(
        new TokenRecord { Id = Guid.NewGuid(), AccountId = accountId, Name = name, Grants = grants, AllowedApis = apis, IsOwner = isOwner },
        // Whole seconds, as a token states them.
        DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()));
}
