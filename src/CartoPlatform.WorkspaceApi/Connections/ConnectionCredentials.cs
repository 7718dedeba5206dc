using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.WorkspaceApi.Sealing;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>How to reach a connection's database, secrets included, as it is sealed in its row.</summary>
internal sealed record ConnectionCredentials(string Reader, string? Writer)
{
    /// <summary>The same for read replicas; null in rows of before there were any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Replicas { get; init; }

    /// <summary>Further logins, for tokens that name them; null in rows of before there were any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StoredLogin>? Logins { get; init; }

    public bool Equals(ConnectionCredentials? other) =>
        other is not null && Reader == other.Reader && Writer == other.Writer && (Replicas ?? []).SequenceEqual(other.Replicas ?? [])
        && (Logins ?? []).SequenceEqual(other.Logins ?? []);

    public override int GetHashCode() => HashCode.Combine(Reader, Writer);

    public byte[] Seal(SecretBox box, Guid connectionId) =>
        box.Seal(JsonSerializer.SerializeToUtf8Bytes(this, CredentialsJson.Default.ConnectionCredentials), Owner(connectionId));

    /// <summary>Null when the box does not open them.</summary>
    public static ConnectionCredentials? TryOpen(SecretBox box, Guid connectionId, byte[] sealedCredentials) =>
        box.TryOpen(sealedCredentials, Owner(connectionId)) is { } secret
            ? JsonSerializer.Deserialize(secret, CredentialsJson.Default.ConnectionCredentials)
            : null;

    /// <summary>What the envelope is bound to.</summary>
    public static string Owner(Guid connectionId) => $"connection:{connectionId:D}";
}

/// <summary>A further login: what tokens call it, and what the database knows it by.</summary>
internal sealed record StoredLogin(string Name, string Username, string Password);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConnectionCredentials))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
