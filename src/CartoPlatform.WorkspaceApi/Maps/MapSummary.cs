namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>A map in a list.</summary>
internal sealed record MapSummary
{
    public required Guid Id { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required string Privacy { get; init; }

    public required Guid CreatedBy { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public DateTime? PublishedAt { get; init; }

    public required string[] Tags { get; init; }

    public object ToWire() => new
    {
        id = Id,
        title = Title,
        description = Description,
        privacy = Privacy,
        tags = Tags,
        ownerId = CreatedBy,
        createdAt = CreatedAt,
        updatedAt = UpdatedAt,
        publishedAt = PublishedAt,
    };
}
