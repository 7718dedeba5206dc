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
            (Minutes(policy, warehouse, LifetimeKind.Table), Minutes(policy, warehouse, LifetimeKind.Query), Minutes(policy, warehouse, LifetimeKind.Tileset),
                Minutes(policy, warehouse, LifetimeKind.Model), Minutes(policy, warehouse, LifetimeKind.Sql)));
    }

    [Theory]
    [InlineData("carto_dw", "demo.stores", 3, "Cache:Lifetimes:carto_dw/demo.stores:Table")]
    [InlineData("carto_dw", "demo.others", 2, "Cache:Lifetimes:carto_dw:Table")]
    [InlineData("carto_dw", null, 2, "Cache:Lifetimes:carto_dw:Table")]
    [InlineData("elsewhere", "demo.stores", 1, "Cache:Lifetimes:postgres:Table")]
    public void Most_special_setting_counts_and_is_named(string connection, string? source, int minutes, string rule)
    {
        var policy = new CachePolicy();
        policy.Lifetimes["postgres"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(1) };
        policy.Lifetimes["carto_dw"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(2) };
        policy.Lifetimes["carto_dw/demo.stores"] = new CacheLifetimes { Table = TimeSpan.FromMinutes(3) };
        Assert.Equal(new CacheLifetime(TimeSpan.FromMinutes(minutes), rule), policy.Find("postgres", connection, source, LifetimeKind.Table));
        // What is not set comes from the more general one.
        Assert.Equal(new CacheLifetime(TimeSpan.FromMinutes(5), "default:postgres:Model"), policy.Find("postgres", connection, source, LifetimeKind.Model));
    }

    private static int Minutes(CachePolicy policy, string warehouse, LifetimeKind which) =>
        (int)policy.Find(warehouse, "c", null, which).Length.TotalMinutes;
}
