using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.Redis;

public static class RedisExtensions
{
    /// <summary>Adds <see cref="RedisConnection"/>, and its health check where Redis is configured; once, however often it is called.</summary>
    public static IHostApplicationBuilder AddPlatformRedis(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(RedisConnection))) return builder;
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateDataAnnotations()
            .Validate(IsReadable, "Redis:ConnectionString is neither host:port[,name=value…] nor redis[s]://[user:password@]host[:port][/database]")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RedisConnection>();
        if (builder.Configuration.GetSection(RedisOptions.Section).Get<RedisOptions>() is { IsConfigured: true })
            services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");
        return builder;
    }

    private static bool IsReadable(RedisOptions options)
    {
        try
        {
            if (options.IsConfigured) RedisAddress.Read(options);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
