namespace CartoPlatform.AppHost;

/// <summary>What the services of one platform share. Made at the first run and kept in the user secrets.</summary>
internal sealed record PlatformSecrets(
    IResourceBuilder<ParameterResource> InternalKey, IResourceBuilder<ParameterResource> SigningKey, IResourceBuilder<ParameterResource> RedisPassword);

internal static class PlatformSecretsExtensions
{
    public static PlatformSecrets AddPlatformSecrets(this IDistributedApplicationBuilder builder) =>
        new(builder.AddSecret("internal-key"), builder.AddSecret("signing-key"), builder.AddSecret("redis-password"));

    /// <summary>
    /// 48 letters and digits: they need no quoting in a connection string, and are base64 of 36 bytes, more than the 32 of a signing key.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true, persist: true);
}
