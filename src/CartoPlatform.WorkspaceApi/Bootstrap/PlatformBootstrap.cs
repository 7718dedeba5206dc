using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Maps;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Bootstrap;

/// <summary>
/// Makes what every platform has: its account, the owner's token, the connections of the configuration, the demo page's token. All of
/// it in one transaction under the platform's lock: doing it again changes nothing, and replicas take turns.
/// </summary>
internal sealed class PlatformBootstrap(
    MetadataDatabase database, ConnectionStore connections, PlatformTokens tokens, SigningKeyStore keys, IOptions<BootstrapOptions> options)
{
    private const string AccountName = "default";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PlatformLock.TakeAsync(connection, cancellationToken);
        var accountId = await EnsureAccountAsync(connection, cancellationToken);
        foreach (var wanted in options.Value.Connections)
        {
            var writer = string.IsNullOrEmpty(wanted.WriterConnectionString) ? null : wanted.WriterConnectionString;
            await connections.SaveAsync(
                connection, accountId, wanted.Name, new ConnectionCredentials(wanted.ReaderConnectionString, writer) { Replicas = wanted.ReplicaConnectionStrings.Count == 0 ? null : [.. wanted.ReplicaConnectionStrings] }, cancellationToken);
        }

        await MapStore.FillPublishedAsync(connection, cancellationToken);
        await keys.EnsureAsync(connection, cancellationToken);
        await tokens.EnsureDemoAsync(connection, accountId, cancellationToken);
        await tokens.EnsureOwnerAsync(connection, accountId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>For platforms whose owner keeps the token himself, and no file does.</summary>
    public async Task<string> ReplaceOwnerTokenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PlatformLock.TakeAsync(connection, cancellationToken);
        var token = await tokens.ReplaceOwnerAsync(connection, await EnsureAccountAsync(connection, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return token;
    }

    // The first account is the platform's own, whatever it has been renamed to.
    private static async Task<Guid> EnsureAccountAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            "SELECT id FROM platform.accounts ORDER BY created_at, id LIMIT 1", cancellationToken: cancellationToken))
        ?? await connection.QuerySingleAsync<Guid>(new CommandDefinition(
            "INSERT INTO platform.accounts (name) VALUES (@AccountName) RETURNING id",
            new { AccountName }, cancellationToken: cancellationToken));
}
