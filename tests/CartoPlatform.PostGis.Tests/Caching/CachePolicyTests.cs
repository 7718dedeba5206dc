using CartoPlatform.PostGis.Caching;

namespace CartoPlatform.PostGis.Tests.Caching;

/// <summary>CARTO's table of lifetimes ("Managing cache in your CARTO applications"), and what goes before it.</summary>
public sealed class CachePolicyTests
{
    private const int Year = 365 * 24 * 60;

    [Theory]
    [InlineData("bigquery", 5)]
    [InlineData("BigQuery", 5)]
    [InlineData("snowflake", 5)]
    [InlineData("oracle", 5)]
    [InlineData("redshift", 30)]
    [InlineData("databricks", 30)]
    [InlineData("postgres", 30)]
    [InlineData("something-new", 30)]
    public void Lifetimes_of_a_warehouse_are_those_published(string warehouse, int tableMinutes)
    {
        var policy = new CachePolicy();
        Assert.Equal(
            (tableMinutes, Year, Year, 5, Year),
            (Minutes(policy, warehouse, l => l.Table), Minutes(policy, warehouse, l => l.Query), Minutes(policy, warehouse, l => l.Tileset),
                Minutes(policy, warehouse, l => l.Model), Minutes(policy, warehouse, l => l.Sql)));
    }

    [Theory]
    [InlineData("carto_dw", "demo.stores", 3)]
    [InlineData("carto_dw", "demo.others", 2)]
    [InlineData("carto_dw", null, 2)]
    [InlineData("elsewhere", "demo.stores", 1)]
    public void Most_special_setting_counts(string connection, string? source, int minutes)
    {
        var policy = new CachePolicy();
        policy.Lifetimes["postgres"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(1) };
        policy.Lifetimes["carto_dw"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(2) };
        policy.Lifetimes["carto_dw/demo.stores"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(3) };
        Assert.Equal(minutes, policy.Find("postgres", connection, source, l => l.Table).TotalMinutes);
        // What is not set comes from the more general one.
        Assert.Equal(5, policy.Find("postgres", connection, source, l => l.Model).TotalMinutes);
    }

    private static int Minutes(CachePolicy policy, string warehouse, Func<CacheLifetimes, TimeSpan?> which) =>
        (int)policy.Find(warehouse, "c", null, which).TotalMinutes;
}
