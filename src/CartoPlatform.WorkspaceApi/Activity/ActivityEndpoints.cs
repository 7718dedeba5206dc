using System.Globalization;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>Who called what, and how much callers have used in a month.</summary>
internal static class ActivityEndpoints
{
    public static IServiceCollection AddActivity(this IServiceCollection services)
    {
        services.AddOptions<ActivityKeeping>().BindConfiguration(ActivityKeeping.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ActivityPartitions>().AddSingleton<ActivityStore>().AddHostedService<ActivityRetention>();
        return services.AddSingleton<WorkspaceClient.Activity.IActivityStore>(provider => provider.GetRequiredService<ActivityStore>());
    }

    public static void MapActivity(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v3/activity", GetCalls).WithName("GetActivity").RequireAdministration(AdminArea.Activity);
        routes.MapGet("/v3/usage", GetUsageAsync).WithName("GetUsage").RequireAdministration(AdminArea.Activity);
    }

    private static IResult GetCalls(HttpContext context, MetadataDatabase database, TimeProvider time) =>
        (IResult?)ActivityQuery.TryRead(context.Request.Query, context.GetActor().AccountId, time.GetUtcNow(), out var query) ?? new ActivityCsv(database, query);

    private static async Task<Results<JsonHttpResult<MonthAnswer>, ApiError>> GetUsageAsync(
        HttpContext context, ActivityStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var month = new DateOnly(now.Year, now.Month, 1);
        if (context.Request.Query["month"].ToString() is { Length: > 0 } text
            && !DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out month))
            return ApiError.BadRequest("month must be a month, such as 2030-01");
        var callers = (await store.ListUsageAsync(context.GetActor().AccountId, month, cancellationToken))
            .Select(usage => new CallerAnswer(usage.CallerKind, usage.CallerId, usage.Requests, usage.Rows, usage.Bytes)).ToList();
        return TypedResults.Json(new MonthAnswer(
            month.ToString("yyyy-MM", CultureInfo.InvariantCulture), callers.Sum(caller => caller.Requests), callers.Sum(caller => caller.Rows), callers.Sum(caller => caller.Bytes), callers));
    }

    private sealed record MonthAnswer(string Month, long Requests, long Rows, long Bytes, IReadOnlyList<CallerAnswer> Callers);

    private sealed record CallerAnswer(string Kind, Guid Id, long Requests, long Rows, long Bytes);
}
