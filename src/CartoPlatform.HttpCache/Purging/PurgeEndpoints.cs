using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CartoPlatform.HttpCache.Purging;

/// <summary>
/// <c>POST /v3/cache/purge</c>, for administrators: <c>{"everything": true}</c>, or <c>{"tags": […], "urls": […]}</c>. To purge what is
/// not there is no error.
/// </summary>
internal static class PurgeEndpoints
{
    private const int MaxNames = 1_000;

    public static void MapPurges(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v3/cache/purge", PurgeAsync).WithName("PurgeCache").RequireAdministration(AdminArea.Cache);

    private static async Task<Results<JsonHttpResult<PurgeResult>, ApiError>> PurgeAsync(
        HttpContext context, PurgeBus bus, RequestKeys keys, IAuditTrail audit, CancellationToken cancellationToken)
    {
        var (request, error) = await ReadAsync(context.Request, cancellationToken);
        if (request is null) return ApiError.BadRequest(error);
        var urls = new List<string>();
        foreach (var url in request.Urls ?? [])
        {
            if (await KeyOfAsync(context.Request, url, keys, cancellationToken) is not { } key) return ApiError.BadRequest($"{url} is no URL of a map, a tile, a model or a query");
            urls.Add(key);
        }

        var order = new PurgeOrder(Guid.NewGuid(), request.Everything, request.Tags ?? [], urls);
        var result = await bus.PurgeAsync(order, cancellationToken);
        await audit.WriteAsync(RecordOf(context.GetActor(), request, result), cancellationToken);
        return TypedResults.Json(result, PurgeJson.Default.PurgeResult);
    }

    private static async Task<(PurgeRequest? Request, string Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        const string Form = "The body must be {\"everything\": true}, or {\"tags\": [\"table:CONNECTION/SCHEMA.TABLE\"], \"urls\": [\"/v3/…\"]}";
        try
        {
            var read = await JsonSerializer.DeserializeAsync(request.Body, PurgeJson.Default.PurgeRequest, cancellationToken);
            var names = (IEnumerable<string>)[.. read?.Tags ?? [], .. read?.Urls ?? []];
            if (names.Count() > MaxNames) return (null, $"At most {MaxNames} tags and URLs can be purged at once");
            return read is null || names.Contains(null) || !(read.Everything || names.Any()) ? (null, Form) : (read, "");
        }
        catch (JsonException)
        {
            return (null, Form);
        }
    }

    /// <summary>The key that a GET of this URL has; an address that it leaves out is that of the purge itself.</summary>
    private static async ValueTask<string?> KeyOfAsync(HttpRequest own, string text, RequestKeys keys, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(new Uri($"{own.Scheme}://{own.Host}/"), text, out var url)) return null;
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Scheme, request.Host) = (HttpMethods.Get, url.Scheme, HostString.FromUriComponent(url));
        (request.Path, request.QueryString) = (PathString.FromUriComponent(url), QueryString.FromUriComponent(url));
        if (!CacheTarget.IsApi(request.Path)) return null;
        return (await keys.FindAsync(request, cancellationToken))?.ToString();
    }

    private static AuditRecord RecordOf(Actor actor, PurgeRequest request, PurgeResult result) => new()
    {
        AccountId = actor.AccountId,
        ActorKind = actor.Kind.ToString(),
        ActorId = actor.Id,
        ActorName = actor.Name,
        Address = actor.Address,
        Action = "cache.purge",
        Subject = request.Everything ? "everything" : string.Join(' ', (request.Tags ?? []).Concat(request.Urls ?? []).Take(20)),
        Details = JsonSerializer.SerializeToElement(result, PurgeJson.Default.PurgeResult),
    };
}

internal sealed record PurgeRequest(bool Everything, IReadOnlyList<string>? Tags, IReadOnlyList<string>? Urls);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PurgeRequest))]
[JsonSerializable(typeof(PurgeResult))]
internal sealed partial class PurgeJson : JsonSerializerContext;
