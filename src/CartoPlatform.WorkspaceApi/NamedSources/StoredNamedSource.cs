using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.NamedSources;

/// <summary>A row of <c>platform.named_sources</c>.</summary>
internal sealed record StoredNamedSource
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Source { get; init; }

    public required long Revision { get; init; }

    public Guid? CreatedBy { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public NamedSourceRecord ToRecord() => new() { Id = Id, Name = Name, Sql = Source, Revision = Revision };
}
