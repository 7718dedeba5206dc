using System.Text.Json.Serialization;

namespace CartoPlatform.Cli.Backups;

/// <summary>What is in a backup: its first entry, which the others are checked against.</summary>
internal sealed record BackupManifest
{
    /// <summary>The layout of the archive. A later one is refused: it may hold what this version would leave out.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>Of the platform that made it.</summary>
    public required string Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the server that the dumps are from: an older server cannot read them.</summary>
    public required int PostgresMajor { get; init; }

    public required IReadOnlyList<BackupEntry> Entries { get; init; }

    /// <summary>Roles of the server that are none of the platform's own.</summary>
    public IReadOnlyList<BackupRole> Roles { get; init; } = [];
}

internal sealed record BackupEntry(string Name, long Bytes, string Sha256);

/// <param name="Name">Of the role.</param>
/// <param name="CanLogin">Whether it is a login.</param>
/// <param name="PasswordHash">SCRAM verifier; null without a password.</param>
/// <param name="MemberOf">Roles whose rights it has.</param>
internal sealed record BackupRole(string Name, bool CanLogin, string? PasswordHash, IReadOnlyList<string> MemberOf);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
