using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.WorkspaceApi.Sealing;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>The secrets of a connection, as they are sealed in its row.</summary>
internal sealed record ConnectionCredentials(string Reader, string? Writer)
{
    public byte[] Seal(SecretBox box, Guid connectionId) =>
        box.Seal(JsonSerializer.SerializeToUtf8Bytes(this, CredentialsJson.Default.ConnectionCredentials), Owner(connectionId));

    /// <summary>Null when the box does not open them.</summary>
    public static ConnectionCredentials? TryOpen(SecretBox box, Guid connectionId, byte[] sealedCredentials) =>
        box.TryOpen(sealedCredentials, Owner(connectionId)) is { } secret
            ? JsonSerializer.Deserialize(secret, CredentialsJson.Default.ConnectionCredentials)
            : null;

    private static string Owner(Guid connectionId) => $"connection:{connectionId:D}";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConnectionCredentials))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
