using System.Text.Json;

namespace CartoPlatform.Contracts.Workspace;

/// <summary>A line for the audit from a service that has no database of its own.</summary>
public sealed record AuditRecord
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
