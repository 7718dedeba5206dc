using CartoPlatform.Auth;
using CartoPlatform.Auth.Sources;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Queries;

/// <summary><c>/v3/sql/{connection}/query</c> (contract, section 10.1).</summary>
internal static class QueryEndpoints
{
    public static void AddQueries(this IServiceCollection services)
    {
        services.AddOptions<QueryLimits>().BindConfiguration(QueryLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<QueryGate>().AddSingleton<QueryTelemetry>().AddSingleton<LimitedRun>();
        services.AddSingleton<ResultStreamer>().AddSingleton<QueryRunner>().AddHostedService<WarmUp>();
    }

    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v3/sql/{connection}/query", [HttpMethods.Get, HttpMethods.Head], RunAsync).WithName("sql-query-get");
        routes.MapPost("/v3/sql/{connection}/query", RunAsync).WithName("sql-query-post");
    }

    private static async Task<IResult> RunAsync(
        string connection, HttpContext context, ConnectionPools pools, IWorkspaceDirectory workspace, QueryRunner runner, SourceReadings readings, IOptions<QueryLimits> limits, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;

        var (sent, error) = await QueryRequestReader.ReadAsync(context.Request, cancellationToken);
        if (sent is null) return error ?? ApiError.BadRequest("The request cannot be read");
        // What is wrong with the SQL behind a name is told to those alone who may use it.
        var asked = await AskedQuery.FindAsync(workspace, sent.Text, cancellationToken);
        if (asked.Refuse(principal, [Api.Sql], connection) is { } refusal) return refusal;
        if (await pools.FindAsync(connection, principal.Token.Login, cancellationToken) is not { } pool) return ApiError.NotFound($"There is no connection {connection}");
        if (asked.Refuse(principal, [Api.Sql], pool.Record) is { } kept) return kept;
        (var request, error) = sent.Bind(asked);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        using var writer = request.Writer as IDisposable;

        var isPost = HttpMethods.IsPost(context.Request.Method);
        context.Response.Headers.CacheControl = isPost ? "no-store" : "private, no-cache";
        using var output = new ResponseOutput(context.Response, limits.Value.HoldBackBytes);
        var declaration = isPost ? null : AnswerDeclaration.For(context, readings, AnswerKinds.Query);
        var failure = await runner.RunAsync(principal, pool, request, isPost && principal.CanWrite, output, declaration, cancellationToken);
        if (failure is { Status: StatusCodes.Status503ServiceUnavailable }) context.Response.Headers.RetryAfter = "1";
        return failure is null ? TypedResults.Empty : failure;
    }
}
