using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Auth.Tests;

/// <summary>Tokens and keys for tests.</summary>
internal static class Some
{
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static readonly DateTimeOffset Issued = new(2026, 3, 1, 8, 30, 15, TimeSpan.Zero);

    public static TokenRecord Token(params GrantRecord[] grants) => new()
    {
        Id = Guid.Parse("0b8c6f1e-52ad-4a57-9d0e-6a1f0f0e1c11"),
        AccountId = Guid.Parse("7f4c1a52-10c4-4c0e-8a54-2f6a4c1d9b22"),
        Name = "viewer",
        Grants = grants,
        AllowedApis = ["sql", "maps"],
    };

    public static Principal Holder(params GrantRecord[] grants) => new(Token(grants));

    public static TokenSigningKey SigningKey(string key = Key) => new(Options.Create(new TokensOptions { SigningKey = key }));
}
