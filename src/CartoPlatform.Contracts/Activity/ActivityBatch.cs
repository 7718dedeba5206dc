using System.Text.Json;
using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Activity;

/// <summary>What an edge has seen since the last one.</summary>
/// <param name="Id">A batch that comes a second time, because its answer was lost, counts once.</param>
/// <param name="Calls">Single calls.</param>
/// <param name="Usage">Sums, of all calls, also of those that are not among the single ones.</param>
public sealed record ActivityBatch(Guid Id, IReadOnlyList<ActivityRecord> Calls, IReadOnlyList<UsageRecord> Usage)
{
    /// <summary>Calls in one batch.</summary>
    public const int MaxCalls = 2_000;
}

/// <summary>What is kept of a month now.</summary>
/// <param name="Usage">Whole sums of the callers that the batch named.</param>
public sealed record ActivityReceipt(IReadOnlyList<UsageRecord> Usage);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ActivityBatch))]
[JsonSerializable(typeof(ActivityReceipt))]
public sealed partial class ActivityJson : JsonSerializerContext;
