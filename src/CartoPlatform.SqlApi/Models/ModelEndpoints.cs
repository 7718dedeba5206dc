using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Results;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Models;

/// <summary><c>/v3/sql/{connection}/model/{model}</c> (contract, section 7): the numbers of widgets.</summary>
internal static class ModelEndpoints
{
    private const string Path = "/v3/sql/{connection}/model/{model}";

    public static void AddModels(this IServiceCollection services) =>
        services.AddSingleton<ModelSources>().AddSingleton<RelationGuard>().AddSingleton<ModelRunner>();

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], RunAsync).WithName("sql-model-get");
        // A model only reads: POST is for parameters that are too long for a URL.
        routes.MapPost(Path, RunAsync).WithName("sql-model-post");
    }

    private static async Task<IResult> RunAsync(
        string connection, string model, HttpContext context, ConnectionPools pools, ModelRunner runner, SourceReadings readings, IOptions<QueryLimits> limits,
        CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (!AccessPolicy.SeesConnection(principal, connection)) return ApiError.Forbidden();
        if (ModelCatalog.Find(model) is not { } definition) return ApiError.NotFound($"There is no model {model}");

        var (request, error) = await ModelRequestReader.ReadAsync(context.Request, cancellationToken);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (await pools.FindAsync(connection, principal.Token.Login, cancellationToken) is not { } pool) return ApiError.NotFound($"There is no connection {connection}");

        context.Response.Headers.CacheControl = "private, no-cache";
        using var output = new ResponseOutput(context.Response, limits.Value.HoldBackBytes);
        var declaration = AnswerDeclaration.For(context, readings, AnswerKinds.Model);
        var failure = await runner.RunAsync(principal, pool, request, definition, output, declaration, cancellationToken);
        if (failure is { Status: StatusCodes.Status503ServiceUnavailable }) context.Response.Headers.RetryAfter = "1";
        return failure is null ? TypedResults.Empty : failure;
    }
}
