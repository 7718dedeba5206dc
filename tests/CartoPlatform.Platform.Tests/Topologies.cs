namespace CartoPlatform.Platform.Tests;

/// <summary>What must hold for one process must hold for many.</summary>
public static class Topologies
{
    public const string Standard = "standard";
    public const string Services = "services";
    public const string Tier1 = "tier1";
    public const string Tier2 = "tier2";
    public const string Tier3 = "tier3";

    /// <summary>The smallest and the largest: every suite runs against both.</summary>
    public static TheoryData<string> Ends => [Standard, Tier3];

    /// <summary>Those whose parts the two ends have too: they are started, used once and stopped. In the long form the ends as well.</summary>
    public static TheoryData<string> Others =>
        Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1" ? [Standard, Services, Tier1, Tier2, Tier3] : [Services, Tier1, Tier2];

    /// <summary>For tests that start and stop a platform of their own.</summary>
    public static TheoryData<string> Light => [Standard, Services];
}
