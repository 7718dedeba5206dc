using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CartoPlatform.Auth.Http;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.ServiceDefaults.Hosting;
using CartoPlatform.WorkspaceApi.Activity;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.MapDefinitions;
using CartoPlatform.WorkspaceApi.Visibility;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CartoPlatform.WorkspaceApi.Internal;

/// <summary>What the other services ask (<see cref="InternalRoutes"/>). "There is none" is <c>null</c>, not 404: see there.</summary>
internal static class InternalEndpoints
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void MapInternal(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(InternalRoutes.Prefix).RequireInternalPort().AddEndpointFilter<InternalKeyFilter>().ExcludeFromDescription();
        group.AddEndpointFilter((context, next) =>
        {
            context.HttpContext.RequestServices.GetRequiredService<ChangeVisibility>().NoteOtherProcess();
            return next(context);
        });
        group.MapGet("/tokens/{id:guid}", FindTokenAsync);
        group.MapGet("/signing-keys", FindSigningKeysAsync);
        group.MapPost("/audit", WriteAuditAsync);
        group.MapPost("/activity", WriteActivityAsync);
        group.MapGet("/connections/{name}", FindConnectionAsync);
        group.MapGet("/named-sources/{name}", FindNamedSourceAsync);
        group.MapGet("/map-definitions/{id}", FindMapDefinitionAsync);
        group.MapPut("/map-definitions/{id}", SaveMapDefinitionAsync)
            .WithMetadata(new RequestSizeLimitAttribute(WorkspaceLimits.MapDefinitionBytes));
    }

    private static async Task<NoContent> WriteAuditAsync(AuditRecord record, LocalAuditTrail audit, CancellationToken cancellationToken)
    {
        await audit.WriteAsync(record, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<JsonHttpResult<ActivityReceipt>> WriteActivityAsync(ActivityBatch batch, ActivityStore activity, CancellationToken cancellationToken) =>
        TypedResults.Json(await activity.WriteAsync(batch, cancellationToken), ActivityJson.Default.ActivityReceipt);

    private static async Task<Utf8ContentHttpResult> FindTokenAsync(
        Guid id, LocalWorkspaceDirectory directory, CancellationToken cancellationToken) =>
        RecordOrNull(await directory.FindTokenAsync(id, cancellationToken), WorkspaceJson.Default.TokenRecord);

    private static async Task<Utf8ContentHttpResult> FindSigningKeysAsync(LocalWorkspaceDirectory directory, CancellationToken cancellationToken) =>
        RecordOrNull(await directory.FindSigningKeysAsync(cancellationToken), WorkspaceJson.Default.SigningKeysRecord);

    private static async Task<Utf8ContentHttpResult> FindConnectionAsync(
        string name, LocalWorkspaceDirectory directory, CancellationToken cancellationToken) =>
        RecordOrNull(
            WorkspaceNames.IsConnection(name) ? await directory.FindConnectionAsync(name, cancellationToken) : null,
            WorkspaceJson.Default.ConnectionRecord);

    private static async Task<Utf8ContentHttpResult> FindNamedSourceAsync(
        string name, LocalWorkspaceDirectory directory, CancellationToken cancellationToken) =>
        RecordOrNull(
            WorkspaceNames.IsNamedSource(name) ? await directory.FindNamedSourceAsync(name, cancellationToken) : null,
            WorkspaceJson.Default.NamedSourceRecord);

    private static async Task<ContentHttpResult> FindMapDefinitionAsync(
        string id, LocalWorkspaceDirectory directory, CancellationToken cancellationToken)
    {
        var definition = WorkspaceNames.IsMapDefinitionId(id) ? await directory.FindMapDefinitionAsync(id, cancellationToken) : null;
        return TypedResults.Text(definition ?? "null", "application/json", Encoding.UTF8);
    }

    private static async Task<Results<NoContent, ApiError>> SaveMapDefinitionAsync(
        string id, HttpRequest request, MapDefinitionStore definitions, CancellationToken cancellationToken)
    {
        if (!WorkspaceNames.IsMapDefinitionId(id)) return ApiError.BadRequest("A map definition's id has 1 to 128 letters, digits, '_' and '-'");
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (ReadObject(body.ToArray()) is not { } definition) return ApiError.BadRequest("A map definition is a JSON object in UTF-8");
        return await definitions.SaveAsync(id, definition, cancellationToken)
            ? TypedResults.NoContent()
            : new ApiError(StatusCodes.Status409Conflict, "Another map definition is kept under this id");
    }

    // TypedResults.Json would answer nothing at all for null.
    private static Utf8ContentHttpResult RecordOrNull<TRecord>(TRecord? record, JsonTypeInfo<TRecord> type)
        where TRecord : class => TypedResults.Text(
            record is null ? "null"u8 : JsonSerializer.SerializeToUtf8Bytes(record, type), "application/json");

    private static string? ReadObject(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? StrictUtf8.GetString(body) : null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
