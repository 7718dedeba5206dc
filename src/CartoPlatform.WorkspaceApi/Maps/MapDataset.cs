using System.Text.Json;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>One source of a map (contract, section 11.3): what decides on access, and all its members as its maker wrote them.</summary>
/// <param name="Id">Layers, filters and widgets refer to it; unique in its map.</param>
/// <param name="Type">One of <see cref="DatasetReader.Types"/>.</param>
/// <param name="Source">Name of a table or tileset, SQL, or name of a named source.</param>
/// <param name="ConnectionName">Where the source is.</param>
/// <param name="Members">A JSON object that holds all of these, too.</param>
internal sealed record MapDataset(string Id, string Type, string Source, string ConnectionName, JsonElement Members)
{
    public const string Query = "query";

    /// <summary>One that was checked when it came.</summary>
    public static MapDataset Of(JsonElement members) => new(
        TextOf(members, "id"), TextOf(members, "type"), TextOf(members, "source"), TextOf(members, "connectionName"), members);

    public void WriteTo(Utf8JsonWriter writer) => MapJson.WriteRaw(writer, Members);

    private static string TextOf(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) ? MapJson.TextOf(value) ?? "" : "";
}
