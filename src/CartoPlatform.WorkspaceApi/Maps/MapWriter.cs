using System.Globalization;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Connections;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Maps and datasets as they are told.</summary>
internal sealed class MapWriter(ConnectionStore connections)
{
    /// <summary>For those who edit it.</summary>
    public async Task<IResult> DraftAsync(StoredMap map, CancellationToken cancellationToken)
    {
        var known = await ConnectionsAsync(cancellationToken);
        return MapJson.Answer(writer =>
        {
            writer.WriteStartObject();
            WriteHead(writer, map, map.UpdatedAt);
            writer.WriteString("ownerId", map.CreatedBy);
            writer.WriteBoolean("hasUnpublishedChanges", map.HasUnpublishedChanges);
            WriteContent(writer, map.Draft, known);
            writer.WriteEndObject();
        });
    }

    /// <summary>For those who look at it (contract, section 11.2).</summary>
    public async Task<IResult> ShownAsync(StoredMap map, string? token, CancellationToken cancellationToken)
    {
        var known = await ConnectionsAsync(cancellationToken);
        return MapJson.Answer(writer =>
        {
            writer.WriteStartObject();
            WriteHead(writer, map, map.PublishedAt ?? map.UpdatedAt);
            if (token is not null) writer.WriteString("token", token);
            WriteContent(writer, map.Shown, known);
            writer.WriteEndObject();
        });
    }

    public async Task<IResult> DatasetsAsync(IEnumerable<MapDataset> datasets, CancellationToken cancellationToken)
    {
        var known = await ConnectionsAsync(cancellationToken);
        return MapJson.Answer(writer => WriteDatasets(writer, datasets, known));
    }

    public async Task<IResult> DatasetAsync(MapDataset dataset, CancellationToken cancellationToken)
    {
        var known = await ConnectionsAsync(cancellationToken);
        return MapJson.Answer(writer => WriteDataset(writer, dataset, known));
    }

    private async Task<Dictionary<string, ConnectionSummary>> ConnectionsAsync(CancellationToken cancellationToken) =>
        (await connections.ListAsync(cancellationToken)).ToDictionary(connection => connection.Name, StringComparer.Ordinal);

    private static void WriteHead(Utf8JsonWriter writer, StoredMap map, DateTimeOffset updatedAt)
    {
        writer.WriteString("id", map.Id);
        writer.WriteString("privacy", MapPrivacyText.Of(map.Privacy));
        if (map.Privacy == MapPrivacy.Groups)
        {
            writer.WriteStartArray("groups");
            foreach (var group in map.Groups) writer.WriteStringValue(group);
            writer.WriteEndArray();
        }

        writer.WriteString("createdAt", Format(map.CreatedAt));
        writer.WriteString("updatedAt", Format(updatedAt));
        writer.WriteString("publishedAt", map.PublishedAt is { } published ? Format(published) : null);
    }

    private static void WriteContent(Utf8JsonWriter writer, MapContent content, Dictionary<string, ConnectionSummary> known)
    {
        content.WriteMembers(writer, except: MapContent.Datasets);
        writer.WritePropertyName(MapContent.Datasets);
        WriteDatasets(writer, content.ReadDatasets(), known);
    }

    private static void WriteDatasets(Utf8JsonWriter writer, IEnumerable<MapDataset> datasets, Dictionary<string, ConnectionSummary> known)
    {
        writer.WriteStartArray();
        foreach (var dataset in datasets) WriteDataset(writer, dataset, known);
        writer.WriteEndArray();
    }

    private static void WriteDataset(Utf8JsonWriter writer, MapDataset dataset, Dictionary<string, ConnectionSummary> known)
    {
        writer.WriteStartObject();
        foreach (var member in dataset.Members.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            MapJson.WriteRaw(writer, member.Value);
        }

        if (!dataset.Members.TryGetProperty("format", out _)) writer.WriteString("format", "tilejson");
        // The connection may have been deleted since.
        if (known.TryGetValue(dataset.ConnectionName, out var connection))
        {
            writer.WriteString("connectionId", connection.Id);
            writer.WriteString("providerId", connection.ProviderId);
        }

        writer.WriteEndObject();
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
