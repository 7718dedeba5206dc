using System.Text.Json.Serialization;

namespace CartoPlatform.WorkspaceApi.NamedSources;

/// <summary>A named source as it is told.</summary>
internal sealed record NamedSourceAnswer(
    Guid Id,
    string Name,
    string Source,
    [property: JsonPropertyName("created_at")] DateTime CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTime UpdatedAt)
{
    public static NamedSourceAnswer Of(StoredNamedSource source) => new(source.Id, source.Name, source.Source, source.CreatedAt, source.UpdatedAt);
}
