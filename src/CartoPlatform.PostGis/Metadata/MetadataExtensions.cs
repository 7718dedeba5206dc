using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.PostGis.Metadata;

public static class MetadataExtensions
{
    /// <summary>Access to the metadata database. May be called by several modules of one process.</summary>
    public static IServiceCollection AddMetadataDatabase(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(MetadataDatabase))) return services;

        services.AddOptions<MetadataOptions>().BindConfiguration(MetadataOptions.Section).ValidateDataAnnotations()
            .Validate(options => string.IsNullOrEmpty(options.ConnectionString) || ConnectionText.IsValid(options.ConnectionString),
                "Metadata:ConnectionString must be an Npgsql connection string with Host and Database")
            .ValidateOnStart();
        return services.AddSingleton<MetadataDatabase>();
    }
}
