using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>API access tokens (contract, section 12.2). A path names one by its id, or by its text, as CARTO's does.</summary>
internal static class TokenEndpoints
{
    private static readonly ApiError NoToken = ApiError.NotFound("There is no such token");

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v3/tokens").WithTags("tokens").RequireAdministration(AdminArea.Tokens);
        group.MapPost("", CreateAsync).WithName("CreateToken");
        group.MapGet("", ListAsync).WithName("ListTokens");
        group.MapGet("{token}", GetAsync).WithName("GetToken");
        group.MapPatch("{token}", UpdateAsync).WithName("UpdateToken");
        group.MapDelete("{token}", RevokeAsync).WithName("RevokeToken");
    }

    private static async Task<Results<JsonHttpResult<TokenAnswer>, ApiError>> CreateAsync(
        HttpContext context, TokenAdministration tokens, ConnectionStore connections, TimeProvider time, CancellationToken cancellationToken)
    {
        var (request, error) = await ReadAsync(context, connections, time, cancellationToken);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (request.Grants is null) return ApiError.BadRequest("grants is missing");
        var (token, text) = await tokens.CreateAsync(context.GetActor(), request, cancellationToken);
        return TypedResults.Json(TokenAnswer.Of(token) with { Text = text });
    }

    // The contract's list has no pages.
    private static Task<Results<JsonHttpResult<IEnumerable<TokenAnswer>>, ApiError>> ListAsync(
        HttpContext context, TokenStore tokens, CancellationToken cancellationToken) =>
        PageAnswer.ListAsync(context, PageRequest.MaxSize, page => tokens.ListAsync(context.GetActor(), page, cancellationToken), TokenAnswer.Of);

    private static async Task<Results<JsonHttpResult<TokenAnswer>, ApiError>> GetAsync(
        string token, HttpContext context, TokenStore tokens, TokenVerifier verifier, CancellationToken cancellationToken)
    {
        if (await IdOfAsync(token, verifier) is not { } id) return NoToken;
        return await tokens.FindAsync(context.GetActor(), id, cancellationToken) is { } found ? TypedResults.Json(TokenAnswer.Of(found)) : NoToken;
    }

    private static async Task<Results<JsonHttpResult<TokenAnswer>, ApiError>> UpdateAsync(
        string token, HttpContext context, TokenAdministration tokens, ConnectionStore connections, TokenVerifier verifier, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await IdOfAsync(token, verifier) is not { } id) return NoToken;
        var (request, error) = await ReadAsync(context, connections, time, cancellationToken);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (request.MentionedOnce is { } once) return ApiError.BadRequest($"{once} can be set when a token is made, and not changed");
        var (updated, refused) = await tokens.UpdateAsync(context.RequirePrincipal(), context.GetActor(), id, request, cancellationToken);
        return updated is null ? refused ?? NoToken : TypedResults.Json(TokenAnswer.Of(updated));
    }

    private static async Task<Results<NoContent, ApiError>> RevokeAsync(
        string token, HttpContext context, TokenAdministration tokens, TokenVerifier verifier, CancellationToken cancellationToken)
    {
        if (await IdOfAsync(token, verifier) is not { } id) return NoToken;
        var (isRevoked, refused) = await tokens.RevokeAsync(context.RequirePrincipal(), context.GetActor(), id, cancellationToken);
        return isRevoked ? TypedResults.NoContent() : refused ?? NoToken;
    }

    private static async ValueTask<Guid?> IdOfAsync(string token, TokenVerifier verifier) =>
        Guid.TryParseExact(token, "D", out var id) ? id : (await verifier.IdentifyAsync(token))?.Id;

    private static async Task<(TokenRequest? Request, ApiError? Error)> ReadAsync(
        HttpContext context, ConnectionStore connections, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return (null, error);
        var request = TokenRequest.Read(body, time.GetUtcNow());
        if (body.Error is not null) return (null, body.Error);
        if (TokenLimits.Refuse(context, request) is { } refusal) return (null, refusal);
        if (request.Grants is null) return (request, null);
        // A change that does not mention the APIs is checked with those that the token has, when it is made.
        IReadOnlyList<string> apis = request.AllowedApis ?? (HttpMethods.IsPost(context.Request.Method) ? TokenAdministration.DefaultApis : []);
        var refused = await GrantRules.RefuseAsync(context.RequirePrincipal(), request.Grants, apis, request.Login, connections, cancellationToken);
        return refused is null ? (request, null) : (null, refused);
    }
}
