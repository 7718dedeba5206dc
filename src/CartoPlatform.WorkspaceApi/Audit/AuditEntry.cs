namespace CartoPlatform.WorkspaceApi.Audit;

/// <summary>A line of the audit, as it is told.</summary>
internal sealed record AuditEntry
{
    public required long Id { get; init; }

    public required DateTime At { get; init; }

    public required string ActorKind { get; init; }

    public required Guid ActorId { get; init; }

    public string? ActorName { get; init; }

    public string? Address { get; init; }

    public required string Action { get; init; }

    public required string Subject { get; init; }

    /// <summary>JSON.</summary>
    public string? Details { get; init; }
}
