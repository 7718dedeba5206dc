using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>The datasets of a map one by one: <c>/v3/maps/{id}/datasets[/{datasetId}]</c>.</summary>
internal static class DatasetEndpoints
{
    private const string One = "/{id:guid}/datasets/{datasetId}";

    public static void MapDatasets(this IEndpointRouteBuilder maps)
    {
        maps.MapGet("/{id:guid}/datasets", ListAsync).WithName("ListDatasets");
        maps.MapPost("/{id:guid}/datasets", AddAsync).WithName("AddDataset");
        maps.MapGet(One, GetAsync).WithName("GetDataset");
        maps.MapMethods(One, [HttpMethods.Patch, HttpMethods.Put], UpdateAsync).WithName("UpdateDataset");
        maps.MapDelete(One, RemoveAsync).WithName("RemoveDataset");
    }

    private static async Task<IResult> ListAsync(
        Guid id, HttpContext context, MapStore maps, MapWriter writer, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map || !MapAccess.MayEdit(map, context.RequirePrincipal()))
            return MapErrors.NotFound(id.ToString());
        return await writer.DatasetsAsync(map.Draft.ReadDatasets(), cancellationToken);
    }

    private static async Task<IResult> GetAsync(
        Guid id, string datasetId, HttpContext context, MapStore maps, MapWriter writer, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map || !MapAccess.MayEdit(map, context.RequirePrincipal()))
            return MapErrors.NotFound(id.ToString());
        return map.Draft.ReadDatasets().FirstOrDefault(dataset => dataset.Id == datasetId) is { } found
            ? await writer.DatasetAsync(found, cancellationToken)
            : MapErrors.NoDataset(datasetId);
    }

    private static async Task<IResult> AddAsync(
        Guid id, HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken)
    {
        var (members, error) = await MapJson.ReadObjectAsync(context.Request, cancellationToken);
        if (members is null) return error ?? ApiError.BadRequest("The request body is empty");
        var datasetId = members.TryGetValue("id", out var given) ? MapJson.TextOf(given) ?? "" : Guid.NewGuid().ToString();
        members["id"] = JsonSerializer.SerializeToElement(datasetId);
        return await PutAsync(id, datasetId, isNew: true, members, context, editor, writer, cancellationToken);
    }

    private static async Task<IResult> UpdateAsync(
        Guid id, string datasetId, HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken)
    {
        var (members, error) = await MapJson.ReadObjectAsync(context.Request, cancellationToken);
        if (members is null) return error ?? ApiError.BadRequest("The request body is empty");
        // Layers refer to the id: it stays.
        members["id"] = JsonSerializer.SerializeToElement(datasetId);
        return await PutAsync(id, datasetId, isNew: false, members, context, editor, writer, cancellationToken);
    }

    private static async Task<IResult> RemoveAsync(Guid id, string datasetId, HttpContext context, MapEditor editor, CancellationToken cancellationToken)
    {
        var changed = await editor.RemoveDatasetAsync(id, datasetId, context.RequirePrincipal(), context.GetActor(), cancellationToken);
        return changed.Error is { } error ? error : TypedResults.NoContent();
    }

    private static async Task<IResult> PutAsync(
        Guid id, string datasetId, bool isNew, OrderedDictionary<string, JsonElement> members, HttpContext context, MapEditor editor, MapWriter writer,
        CancellationToken cancellationToken)
    {
        var changed = await editor.PutDatasetAsync(id, datasetId, isNew, members, context.RequirePrincipal(), context.GetActor(), cancellationToken);
        return changed.Map is { } map
            ? await writer.DatasetAsync(map.Draft.ReadDatasets().First(dataset => dataset.Id == datasetId), cancellationToken)
            : changed.Error ?? throw new InvalidOperationException("A change without a map has an error");
    }
}
