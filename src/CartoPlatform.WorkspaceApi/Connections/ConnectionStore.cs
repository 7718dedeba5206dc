using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Sealing;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>The connections in the metadata database.</summary>
internal sealed class ConnectionStore(MetadataDatabase database, SecretBox box)
{
    private const string Columns = """id, name, provider_id AS "ProviderId", revision, sealed_credentials AS "Sealed" """;

    public async ValueTask<ConnectionRecord?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                $"SELECT {Columns} FROM platform.connections WHERE name = @name", new { name }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row is null ? null : ToRecord(row);
    }

    /// <summary>What may be told of connections, by name.</summary>
    public ValueTask<IEnumerable<ConnectionSummary>> ListAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QueryAsync<ConnectionSummary>(new CommandDefinition(
            """SELECT id, name, provider_id AS "ProviderId" FROM platform.connections ORDER BY name""", cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>
    /// Makes the connection or brings its credentials up to date; the revision moves only if they differ. To be called under the
    /// platform's lock.
    /// </summary>
    public async Task SaveAsync(
        NpgsqlConnection connection, Guid accountId, string name, ConnectionCredentials credentials, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM platform.connections WHERE name = @name FOR UPDATE", new { name }, cancellationToken: cancellationToken));
        var id = row?.Id ?? Guid.NewGuid();
        if (row is not null && ConnectionCredentials.TryOpen(box, id, row.Sealed) == credentials) return;
        var write = row is null
            ? """
              INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials)
              VALUES (@id, @accountId, @name, 'postgres', @envelope)
              """
            : """
              UPDATE platform.connections
              SET sealed_credentials = @envelope, revision = revision + 1, updated_at = now()
              WHERE id = @id
              """;
        await connection.ExecuteAsync(new CommandDefinition(
            write, new { id, accountId, name, envelope = credentials.Seal(box, id) }, cancellationToken: cancellationToken));
    }

    private ConnectionRecord ToRecord(Row row)
    {
        var credentials = ConnectionCredentials.TryOpen(box, row.Id, row.Sealed) ?? throw new InvalidOperationException(
            $"The credentials of connection {row.Name} were sealed under another key: "
            + "Platform:MasterKey (or Platform:InternalKey, without one) has changed");
        return new ConnectionRecord
        {
            Id = row.Id,
            Name = row.Name,
            ProviderId = row.ProviderId,
            Revision = row.Revision,
            ReaderConnectionString = credentials.Reader,
            WriterConnectionString = credentials.Writer,
        };
    }

    private sealed record Row(Guid Id, string Name, string ProviderId, long Revision, byte[] Sealed);
}
