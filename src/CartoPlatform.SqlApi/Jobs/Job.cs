using System.Text.Json.Serialization;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>A job as the API tells of it (contract, section 10.2).</summary>
internal sealed record Job
{
    public required Guid JobId { get; init; }

    /// <summary>The same: where CARTO's warehouses have ids of their own for jobs, PostgreSQL has none.</summary>
    public Guid ExternalId => JobId;

    public required string Connection { get; init; }

    public required string Query { get; init; }

    /// <summary>One of <see cref="Contracts.Jobs.JobStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>UTC, as all times here.</summary>
    public required DateTime CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? StartedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? FinishedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RowsAffected { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>Where in <see cref="Query"/> the database found the error: the character, counted from 1 as all three.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Position { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Column { get; init; }
}
