using CartoPlatform.Redis;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Traffic.Activity;
using CartoPlatform.Traffic.Limits;
using CartoPlatform.WorkspaceClient.Activity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Traffic;

/// <summary>What callers do: how much they may, and what they did.</summary>
public static class TrafficExtensions
{
    /// <summary>Limits per caller and the record of calls, for the process that callers reach.</summary>
    public static IHostApplicationBuilder AddTraffic(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddPlatformRedis();
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.IsValid, LimitOptions.Rule).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MonthlyQuotas>();
        services.AddSingleton(provider => new RateLimiter(
            provider.GetRequiredService<IOptions<LimitOptions>>().Value, provider.GetRequiredService<MonthlyQuotas>(),
            provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SharedPlaces>();
        services.AddSingleton(provider => new QueryTurns(
            provider.GetRequiredService<IOptions<LimitOptions>>().Value, provider.GetRequiredService<SharedPlaces>(), provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<ActivityOptions>().BindConfiguration(ActivityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new CallLog(
            provider.GetRequiredService<IActivityStore>(), provider.GetRequiredService<MonthlyQuotas>(), provider.GetRequiredService<IOptions<ActivityOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CallLog>>()));
        services.AddHostedService(provider => provider.GetRequiredService<CallLog>());
        return builder;
    }

    /// <summary>
    /// Takes down the calls of what follows, and turns its exceptions into answers, so that it knows how they end. What the cache answers
    /// in front of it the cache takes down.
    /// </summary>
    public static IApplicationBuilder UseActivity(this IApplicationBuilder app) => app.UseMiddleware<ActivityMiddleware>().UseExceptionAnswers();

    /// <summary>Refuses what is over its caller's rate. Comes behind authentication; what the cache answers in front of that it counts itself.</summary>
    public static IApplicationBuilder UseRateLimits(this IApplicationBuilder app) => app.UseMiddleware<RateLimitMiddleware>();
}
