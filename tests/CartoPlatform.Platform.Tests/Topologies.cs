namespace CartoPlatform.Platform.Tests;

/// <summary>What must hold for one process must hold for many.</summary>
public static class Topologies
{
    public const string Standard = "standard";
    public const string Services = "services";

    public static TheoryData<string> All => [Standard, Services];
}
