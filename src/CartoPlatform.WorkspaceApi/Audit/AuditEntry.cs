using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Audit;

/// <summary>A line as it is kept.</summary>
internal sealed record AuditEntry : AuditRecord
{
    public required long Id { get; init; }

    public required DateTime At { get; init; }

    /// <summary>The details as the database has them.</summary>
    public string? Json { get; init; }
}
