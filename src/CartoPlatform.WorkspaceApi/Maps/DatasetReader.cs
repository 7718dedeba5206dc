using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>
/// Checks the datasets that somebody puts into a map. The map's token will read them, so nobody may put in what he could not read
/// himself: otherwise a map would be a way around his grants.
/// </summary>
internal sealed class DatasetReader(Principal principal, IReadOnlyList<ConnectionSummary> connections, DatasetAccess access)
{
    public const int MaxDatasets = 250;

    public static readonly string[] Types = ["table", MapDataset.Query, "tileset", "raster"];

    private const int MaxIdLength = 128;
    private const int MaxSourceLength = 1_000_000;

    /// <summary>The list with every dataset checked and named.</summary>
    public async Task<(List<MapDataset> Datasets, ApiError? Error)> ReadAllAsync(JsonElement array, CancellationToken cancellationToken)
    {
        List<MapDataset> datasets = [];
        if (array.ValueKind != JsonValueKind.Array) return (datasets, ApiError.BadRequest("datasets must be a list"));
        if (array.GetArrayLength() > MaxDatasets) return (datasets, ApiError.BadRequest($"A map has at most {MaxDatasets} datasets"));
        foreach (var element in array.EnumerateArray())
        {
            var (dataset, error) = await ReadAsync(element, cancellationToken);
            if (dataset is null) return (datasets, error);
            if (datasets.Exists(other => other.Id == dataset.Id)) return (datasets, ApiError.BadRequest($"Two datasets have the id {dataset.Id}"));
            datasets.Add(dataset);
        }

        return (datasets, null);
    }

    /// <summary>One dataset; without an id it gets one, and with a <c>connectionId</c> alone the connection's name.</summary>
    public async Task<(MapDataset? Dataset, ApiError? Error)> ReadAsync(JsonElement element, CancellationToken cancellationToken)
    {
        if (Read(element, out var dataset) is { } error) return (null, error);
        if (!await access.ExistsAsync(dataset, cancellationToken)) return (null, ApiError.BadRequest($"The source of dataset {dataset.Id} is neither SQL nor a named source"));
        if (!await access.PermitsAsync(principal, dataset, cancellationToken)) return (null, ApiError.Forbidden());
        return await access.IsTakenAsync(dataset, cancellationToken) ? (dataset, null) : (null, AuthErrors.NamedSourcesOnly);
    }

    private ApiError? Read(JsonElement element, out MapDataset dataset)
    {
        dataset = new MapDataset("", "", "", "", default);
        if (element.ValueKind != JsonValueKind.Object) return ApiError.BadRequest("A dataset must be a JSON object");
        if (element.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            return ApiError.BadRequest($"A dataset names {twice.Key} twice");

        var id = Text(element, "id") ?? Guid.NewGuid().ToString();
        if (id.Length is 0 or > MaxIdLength || id.Any(char.IsControl)) return ApiError.BadRequest($"The id of a dataset has 1 to {MaxIdLength} characters");
        var type = Text(element, "type");
        if (!Types.Contains(type)) return ApiError.BadRequest($"The type of dataset {id} must be one of {string.Join(", ", Types)}");
        var source = Text(element, "source");
        if (string.IsNullOrWhiteSpace(source) || source.Length > MaxSourceLength || source.Contains('\0', StringComparison.Ordinal))
            return ApiError.BadRequest($"The source of dataset {id} must be a text of 1 to {MaxSourceLength} characters");
        if (FindConnection(element) is not { } connection) return ApiError.BadRequest($"Dataset {id} names no connection of this platform: give its connectionName");
        if (CheckMembers(id, element) is { } wrong) return wrong;

        // Checked to be one of the types above.
        var read = new MapDataset(id, type!, source, connection.Name, default);
        if (DatasetGrants.Find(read) is null) return ApiError.BadRequest($"The source of dataset {id} cannot be a {type}: {source[..Math.Min(source.Length, 100)]}");
        dataset = read with { Members = Complete(element, id, connection.Name) };
        return null;
    }

    private ConnectionSummary? FindConnection(JsonElement element)
    {
        var name = Text(element, "connectionName");
        if (!string.IsNullOrEmpty(name)) return connections.FirstOrDefault(connection => connection.Name == name);
        return Guid.TryParse(Text(element, "connectionId"), out var id) ? connections.FirstOrDefault(connection => connection.Id == id) : null;
    }

    // What the client library would trip over while it makes its requests.
    private static ApiError? CheckMembers(string id, JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            var kind = member.Value.ValueKind;
            var isRight = kind == JsonValueKind.Null || member.Name switch
            {
                "geoColumn" or "aggregationExp" or "queryTemplate" or "uniqueIdProperty" or "label" or "name" or "color" or "format"
                    => MapJson.TextOf(member.Value) is not null,
                "columns" => kind == JsonValueKind.Array && member.Value.EnumerateArray().All(column => MapJson.TextOf(column) is not null),
                "aggregationResLevel" => kind == JsonValueKind.Number,
                "queryParameters" => kind is JsonValueKind.Object or JsonValueKind.Array,
                _ => true,
            };
            if (!isRight) return ApiError.BadRequest($"{member.Name} of dataset {id} has the wrong type");
        }

        return null;
    }

    /// <summary>With its id and connection, and without what the platform tells by itself: a dataset that was read can be written back.</summary>
    private static JsonElement Complete(JsonElement element, string id, string connectionName) => MapJson.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("connectionName", connectionName);
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name is "id" or "connectionName" or "connectionId" or "providerId") continue;
            if (member.Name == "format" && MapJson.TextOf(member.Value) == "tilejson") continue;
            writer.WritePropertyName(member.Name);
            MapJson.WriteRaw(writer, member.Value);
        }

        writer.WriteEndObject();
    });

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? MapJson.TextOf(value) : null;
}
