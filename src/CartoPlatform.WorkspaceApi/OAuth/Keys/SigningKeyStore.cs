using System.Security.Cryptography;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Sealing;
using Dapper;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Keys;

/// <summary>The RSA keys in the metadata database, their private parts sealed.</summary>
internal sealed class SigningKeyStore(MetadataDatabase database, SecretBox box, TimeProvider time)
{
    private const int KeyBits = 2_048;

    // Opening a private key takes milliseconds; which one signs is asked each time.
    private volatile RsaSecurityKey? _opened;

    /// <summary>Those that verify now, or will soon.</summary>
    public async ValueTask<SigningKeysRecord> ListAsync(CancellationToken cancellationToken)
    {
        var keys = await database.AskAsync(
            connection => connection.QueryAsync<SigningKeyRecord>(new CommandDefinition(
                """
                SELECT id, modulus, exponent FROM platform.oauth_keys
                WHERE verifies_until IS NULL OR verifies_until > @now ORDER BY signs_from DESC, id
                """,
                new { now = time.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken)),
            cancellationToken);
        return new SigningKeysRecord([.. keys]);
    }

    /// <summary>The key that signs at this moment.</summary>
    public async ValueTask<RsaSecurityKey> FindSignerAsync(CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                """
                SELECT id, sealed_private_key AS "Sealed" FROM platform.oauth_keys
                WHERE signs_from <= @now ORDER BY signs_from DESC, id LIMIT 1
                """,
                new { now = time.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken)),
            cancellationToken) ?? throw new InvalidOperationException("There is no key that signs OAuth access tokens");
        if (_opened is { } opened && opened.KeyId == row.Id) return opened;

        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Open(row), out _);
        return _opened = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true)) { KeyId = row.Id };
    }

    /// <summary>The first key of a platform.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM platform.oauth_keys)", cancellationToken: cancellationToken));
        if (!exists) await AddAsync(connection, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>A new key that signs from then on. Those before it verify as long as what they have signed.</summary>
    public async Task<string> AddAsync(NpgsqlConnection connection, DateTimeOffset signsFrom, CancellationToken cancellationToken, TimeSpan verifiesOn = default)
    {
        using var rsa = RSA.Create(KeyBits);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var (modulus, exponent) = (Base64UrlEncoder.Encode(parameters.Modulus), Base64UrlEncoder.Encode(parameters.Exponent));
        var id = Base64UrlEncoder.Encode(new RsaSecurityKey(parameters).ComputeJwkThumbprint());
        await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM platform.oauth_keys WHERE verifies_until < @now;
            UPDATE platform.oauth_keys SET verifies_until = @until WHERE verifies_until IS NULL;
            INSERT INTO platform.oauth_keys (id, modulus, exponent, sealed_private_key, created_at, signs_from)
            VALUES (@id, @modulus, @exponent, @envelope, @now, @from)
            """,
            new
            {
                id,
                modulus,
                exponent,
                envelope = box.Seal(rsa.ExportPkcs8PrivateKey(), Purpose(id)),
                now = time.GetUtcNow().UtcDateTime,
                from = signsFrom.UtcDateTime,
                until = (signsFrom + verifiesOn).UtcDateTime,
            },
            cancellationToken: cancellationToken));
        return id;
    }

    /// <summary>Seals every private key anew, under the key that is the first now.</summary>
    public async Task<int> ResealAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """SELECT id, sealed_private_key AS "Sealed" FROM platform.oauth_keys FOR UPDATE""", cancellationToken: cancellationToken))).AsList();
        foreach (var row in rows)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE platform.oauth_keys SET sealed_private_key = @envelope WHERE id = @Id",
                new { row.Id, envelope = box.Seal(Open(row), Purpose(row.Id)) }, cancellationToken: cancellationToken));
        }

        return rows.Count;
    }

    private byte[] Open(Row row) => box.TryOpen(row.Sealed, Purpose(row.Id)) ?? throw new InvalidOperationException(
        $"The private key {row.Id} was sealed under another key: Platform:MasterKey (or Platform:InternalKey, without one) has changed");

    private static string Purpose(string id) => $"oauth key {id}";

    private sealed record Row
    {
        public required string Id { get; init; }

        public required byte[] Sealed { get; init; }
    }
}
