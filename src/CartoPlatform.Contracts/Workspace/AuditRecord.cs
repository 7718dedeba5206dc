using System.Text.Json;

namespace CartoPlatform.Contracts.Workspace;

/// <summary>A line of the audit: who did what to which thing, from where.</summary>
public record AuditRecord
{
    public required Guid AccountId { get; init; }

    /// <summary>Name of a member of <c>ActorKind</c>.</summary>
    public required string ActorKind { get; init; }

    public required Guid ActorId { get; init; }

    public string? ActorName { get; init; }

    public string? Address { get; init; }

    /// <summary>Kind of thing and verb, such as <c>cache.purge</c>.</summary>
    public required string Action { get; init; }

    public required string Subject { get; init; }

    public JsonElement? Details { get; init; }
}
