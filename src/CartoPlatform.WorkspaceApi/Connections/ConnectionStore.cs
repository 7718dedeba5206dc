using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Sealing;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>The connections in the metadata database.</summary>
internal sealed class ConnectionStore(MetadataDatabase database, SecretBox box, ConnectionTargets targets)
{
    private const string Columns = """
        id, name, provider_id AS "ProviderId", revision, sealed_credentials AS "Sealed", created_by AS "CreatedBy",
        named_sources_only AS "NamedSourcesOnly", max_connections AS "MaxConnections", statement_seconds AS "StatementSeconds",
        created_at AS "CreatedAt", updated_at AS "UpdatedAt"
        """;

    public async ValueTask<ConnectionRecord?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(connection => FindRowAsync(connection, null, name, "", cancellationToken), cancellationToken);
        return row is null ? null : ToRecord(row);
    }

    /// <summary>By id, or by name.</summary>
    public ValueTask<StoredConnection?> FindRowAsync(string idOrName, CancellationToken cancellationToken) => database.AskAsync(
        connection => FindRowAsync(connection, idOrName, "", cancellationToken), cancellationToken);

    /// <summary>The same, locked where the locking clause says so.</summary>
    public static Task<StoredConnection?> FindRowAsync(NpgsqlConnection connection, string idOrName, string locking, CancellationToken cancellationToken) =>
        Guid.TryParseExact(idOrName, "D", out var id)
            ? FindRowAsync(connection, id, null, locking, cancellationToken)
            : FindRowAsync(connection, null, idOrName, locking, cancellationToken);

    /// <summary>What may be told of connections, by name.</summary>
    public ValueTask<IEnumerable<ConnectionSummary>> ListAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QueryAsync<ConnectionSummary>(new CommandDefinition(
            """SELECT id, name, provider_id AS "ProviderId" FROM platform.connections ORDER BY name""", cancellationToken: cancellationToken)),
        cancellationToken);

    public ValueTask<ConnectionMakers> ReadMakersAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => ConnectionMakers.ReadAsync(connection, cancellationToken), cancellationToken);

    /// <summary>
    /// Makes the connection or brings its credentials up to date; the revision moves only if they differ. To be called under the
    /// platform's lock.
    /// </summary>
    public async Task SaveAsync(
        NpgsqlConnection connection, Guid accountId, string name, ConnectionCredentials credentials, CancellationToken cancellationToken)
    {
        var row = await FindRowAsync(connection, null, name, "FOR UPDATE", cancellationToken);
        if (row is null)
        {
            await AddAsync(connection, accountId, null, new ConnectionRequest(null, null, null), Guid.NewGuid(), name, "postgres", credentials, cancellationToken);
            return;
        }

        if (ConnectionCredentials.TryOpen(box, row.Id, row.Sealed) is { } known)
        {
            // Replicas and further logins are not of the configuration: an administrator has added them.
            credentials = credentials with { Replicas = known.Replicas, Logins = known.Logins };
            if (known == credentials) return;
        }

        await UpdateAsync(connection, row, credentials, cancellationToken);
    }

    /// <summary>The name of the connection that is called so, in whatever case; null where there is none.</summary>
    public static Task<string?> FindNameAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.QueryFirstOrDefaultAsync<string?>(new CommandDefinition(
            // Names of connections are ASCII.
            """SELECT name FROM platform.connections WHERE lower(name COLLATE "C") = lower(@name COLLATE "C") ORDER BY name = @name DESC""",
            new { name }, cancellationToken: cancellationToken));

    /// <summary>False when the name is taken.</summary>
    public async Task<bool> AddAsync(
        NpgsqlConnection connection, Guid accountId, Guid? createdBy, ConnectionRequest request, Guid id, string name, string providerId,
        ConnectionCredentials credentials, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO platform.connections
                (id, account_id, name, provider_id, sealed_credentials, created_by, named_sources_only, max_connections, statement_seconds)
            VALUES (@id, @accountId, @name, @providerId, @envelope, @createdBy, @only, @MaxConnections, @StatementSeconds)
            ON CONFLICT (name) DO NOTHING
            """,
            new
            {
                id,
                accountId,
                name,
                providerId,
                envelope = credentials.Seal(box, id),
                createdBy,
                only = request.NamedSourcesOnly ?? false,
                request.MaxConnections,
                request.StatementSeconds,
            },
            cancellationToken: cancellationToken)) == 1;

    /// <summary>Writes all that can change of the row, and moves its revision.</summary>
    public Task UpdateAsync(NpgsqlConnection connection, StoredConnection row, ConnectionCredentials credentials, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.connections
            SET sealed_credentials = @envelope, revision = revision + 1, updated_at = now(), named_sources_only = @NamedSourcesOnly,
                max_connections = @MaxConnections, statement_seconds = @StatementSeconds
            WHERE id = @Id
            """,
            new { row.Id, envelope = credentials.Seal(box, row.Id), row.NamedSourcesOnly, row.MaxConnections, row.StatementSeconds },
            cancellationToken: cancellationToken));

    public static Task DeleteAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("DELETE FROM platform.connections WHERE id = @id", new { id }, cancellationToken: cancellationToken));

    /// <summary>Seals every envelope anew, under the key that is the first now.</summary>
    public async Task<int> ResealAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = (await connection.QueryAsync<StoredConnection>(new CommandDefinition(
            $"SELECT {Columns} FROM platform.connections FOR UPDATE", cancellationToken: cancellationToken))).AsList();
        foreach (var row in rows)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE platform.connections SET sealed_credentials = @envelope WHERE id = @Id",
                new { row.Id, envelope = Open(row).Seal(box, row.Id) }, cancellationToken: cancellationToken));
        }

        return rows.Count;
    }

    public ConnectionCredentials Open(StoredConnection row) => TryOpen(row) ?? throw new SealedElsewhereException(row.Name);

    /// <summary>Null where they were sealed under a key that is not here.</summary>
    public ConnectionCredentials? TryOpen(StoredConnection row) => ConnectionCredentials.TryOpen(box, row.Id, row.Sealed);

    private static Task<StoredConnection?> FindRowAsync(
        NpgsqlConnection connection, Guid? id, string? name, string locking, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredConnection>(new CommandDefinition(
            $"SELECT {Columns} FROM platform.connections WHERE (id = @id OR name = @name) {locking}",
            new { id, name }, cancellationToken: cancellationToken));

    private ConnectionRecord ToRecord(StoredConnection row)
    {
        var credentials = Open(row);
        return new ConnectionRecord
        {
            Id = row.Id,
            Name = row.Name,
            ProviderId = row.ProviderId,
            Revision = row.Revision,
            ReaderConnectionString = credentials.Reader,
            WriterConnectionString = credentials.Writer,
            NamedSourcesOnly = row.NamedSourcesOnly,
            MaxConnections = row.MaxConnections,
            StatementSeconds = row.StatementSeconds,
            ReplicaConnectionStrings = credentials.Replicas ?? [],
            RefusedNetworks = targets.RefusedNetworks,
            TrustedHosts = targets.TrustedHosts(row.Name),
            Logins = [.. (credentials.Logins ?? []).Select(login => new ConnectionLogin(
                login.Name, As(credentials.Reader, login), [.. (credentials.Replicas ?? []).Select(replica => As(replica, login))]))],
        };
    }

    private static string As(string connectionString, StoredLogin login) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = login.Username, Password = login.Password }.ConnectionString;
}
