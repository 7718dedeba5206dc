using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>What callers may put into the queue.</summary>
public sealed class JobLimits
{
    public const string Section = "Sql:Jobs";

    /// <summary>Jobs of one token that wait to be run. The next is answered 429.</summary>
    [Range(1, 100_000)]
    public int MaxPending { get; set; } = 100;

    /// <summary>Characters of <c>queryParameters</c>, which are kept until the job has run.</summary>
    [Range(1_024, 16 * 1_024 * 1_024)]
    public int MaxParametersLength { get; set; } = 1_000_000;
}
