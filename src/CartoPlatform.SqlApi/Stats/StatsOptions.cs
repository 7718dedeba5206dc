using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>How much statistics look at.</summary>
public sealed class StatsOptions
{
    public const string Section = "Sql:Stats";

    /// <summary>A source of so many rows is looked at whole, which takes about a second; of a larger one, about so many rows.</summary>
    [Range(1, 100_000_000)]
    public int MaxRows { get; set; } = 1_000_000;
}
