using CartoPlatform.EmbeddedPostGis.Secrets;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>The roles of an embedded cluster, and its databases.</summary>
public static class PlatformLogins
{
    public const string DataDatabase = "carto_dw";
    public const string MetadataDatabase = "carto_platform";

    /// <summary>The superuser, for the platform's own set-up only.</summary>
    public static Login Admin(SecretFolder secrets) => new("carto_admin", secrets.Password("postgres-admin"));

    public static Login Owner(SecretFolder secrets) => new("carto_owner", secrets.Password("postgres-owner"));

    public static Login Reader(SecretFolder secrets) => new("carto_reader", secrets.Password("postgres-reader"));

    public static Login Metadata(SecretFolder secrets) => new("carto_platform", secrets.Password("postgres-platform"));
}
