using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Results;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Stats;

/// <summary><c>/v3/stats/{connection}</c> (contract, section 9): what the values of a column are, and where its geometry is.</summary>
internal static class StatsEndpoints
{
    // The attribute comes last, so that these differ by the number of segments alone.
    private static readonly string[] Paths = ["/v3/stats/{connection}/{column}", "/v3/stats/{connection}/{table}/{column}"];

    public static void AddStats(this IServiceCollection services)
    {
        services.AddOptions<StatsOptions>().BindConfiguration(StatsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CellExtents>().AddSingleton<StatsRunner>();
    }

    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        // Statistics only read: POST is for parameters that are too long for a URL.
        foreach (var path in Paths) routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post], RunAsync);
    }

    private static async Task<IResult> RunAsync(
        string connection, string column, HttpContext context, ConnectionPools pools, StatsRunner runner, SourceReadings readings, IOptions<QueryLimits> limits,
        CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (!AccessPolicy.SeesConnection(principal, connection)) return ApiError.Forbidden();

        var (request, error) = await StatsRequestReader.ReadAsync(context.Request, RouteText(context, "table"), column, cancellationToken);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (await pools.FindAsync(connection, principal.Token.Login, cancellationToken) is not { } pool) return ApiError.NotFound($"There is no connection {connection}");

        context.Response.Headers.CacheControl = "private, no-cache";
        using var output = new ResponseOutput(context.Response, limits.Value.HoldBackBytes);
        var declaration = AnswerDeclaration.For(context, readings, AnswerKinds.Stats);
        var failure = await runner.RunAsync(principal, pool, request, output, declaration, cancellationToken);
        if (failure is { Status: StatusCodes.Status503ServiceUnavailable }) context.Response.Headers.RetryAfter = "1";
        return failure is null ? TypedResults.Empty : failure;
    }

    // Bound as an argument it would be taken from the query string where the path has none.
    private static string? RouteText(HttpContext context, string name) => context.GetRouteValue(name) as string;
}
