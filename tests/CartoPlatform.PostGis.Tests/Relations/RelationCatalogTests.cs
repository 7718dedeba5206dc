using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.Testing.Time;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Relations;

public sealed class RelationCatalogTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private RelationCatalog Catalog => new(fixture.Reader, TimeProvider.System);

    public Task InitializeAsync() => fixture.ExecuteAsync(
        """
        CREATE SCHEMA IF NOT EXISTS shop;
        CREATE TABLE IF NOT EXISTS shop."Store" (b int, "Mixed Name" text, a int, geom geometry(Point, 3857), area geography, PRIMARY KEY (a, b));
        CREATE TABLE IF NOT EXISTS shop.store (id int);
        CREATE TABLE IF NOT EXISTS shop."We""ird; DROP TABLE x" (id int);
        CREATE OR REPLACE VIEW shop.v AS SELECT 1 AS id;
        CREATE INDEX IF NOT EXISTS store_index ON shop.store (id);
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("shop.store", "store")]
    [InlineData("shop.\"store\"", "store")]
    [InlineData("shop.\"Store\"", "Store")]
    [InlineData("shop.Store", "Store")]
    [InlineData("SHOP.STORE", "store")]
    [InlineData("shop.v", "v")]
    [InlineData("shop.\"We\"\"ird; DROP TABLE x\"", "We\"ird; DROP TABLE x")]
    public async Task Relation_is_found_as_written_before_folded(string text, string name) => Assert.Equal(name, (await FindAsync(text))?.Name);

    [Theory]
    [InlineData("shop.\"STORE\"")]
    [InlineData("\"SHOP\".store")]
    [InlineData("store")]
    [InlineData("shop.nothing")]
    [InlineData("shop.store_index")]
    [InlineData("elsewhere.shop.store")]
    public async Task What_is_not_there_is_null(string text) => Assert.Null(await FindAsync(text));

    [Fact]
    public async Task Database_in_the_name_must_be_this_one() => Assert.NotNull(await FindAsync($"{fixture.DatabaseName}.shop.store"));

    [Fact]
    public async Task Columns_key_and_geometry_are_told()
    {
        var relation = await FindAsync("shop.\"Store\"");

        Assert.NotNull(relation);
        Assert.Equal(["b", "Mixed Name", "a", "geom", "area"], relation.Columns.Select(column => column.Name));
        Assert.Equal(["a", "b"], relation.PrimaryKey);
        Assert.Equal(("POINT", 3857, ColumnKind.Geometry), (relation.Columns[3].GeometryType, relation.Columns[3].Srid, relation.Columns[3].Kind));
        Assert.Equal(ColumnKind.Geography, relation.Columns[4].Kind);
        Assert.Equal("\"shop\".\"Store\"", relation.Sql);
    }

    [Fact]
    public async Task Table_that_has_just_been_made_is_found_although_it_was_missed_before()
    {
        var time = new ManualTime();
        var catalog = new RelationCatalog(fixture.Reader, time);
        Assert.True(RelationName.TryParse("shop.late", out var name));
        await fixture.ExecuteAsync("DROP TABLE IF EXISTS shop.late");
        Assert.Null(await catalog.FindAsync(name, CancellationToken.None));

        await fixture.ExecuteAsync("CREATE TABLE shop.late (id int)");
        time.Advance(TimeSpan.FromMilliseconds(150));

        Assert.NotNull(await catalog.FindAsync(name, CancellationToken.None));
    }

    [Theory]
    [InlineData("shop.customer", "shop.customers")]
    [InlineData("shop.Costumers", "shop.customers")]
    [InlineData("customers", "shop.customers")]
    [InlineData("elsewhere.customers", "shop.customers")]
    [InlineData("shopp.customer", "shop.customers")]
    [InlineData("shop.big.citys", null)]
    [InlineData("shop.bigcities", "shop.\"big.cities\"")]
    [InlineData("shop.secret", null)]
    [InlineData("shop.hiden", null)]
    [InlineData("shop.nothing", null)]
    [InlineData("shop.x", null)]
    public async Task Name_that_is_none_leads_to_one_that_is_like_it_and_may_be_known(string text, string? like)
    {
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE IF NOT EXISTS shop.customers (id int);
            CREATE TABLE IF NOT EXISTS shop."big.cities" (id int);
            CREATE TABLE IF NOT EXISTS shop.secrets (id int);
            CREATE TABLE IF NOT EXISTS shop.hidden (id int);
            CREATE TABLE IF NOT EXISTS shop.y (id int);
            REVOKE ALL ON shop.hidden FROM "{new NpgsqlConnectionStringBuilder(fixture.ReaderConnectionString).Username}";
            """);
        Assert.True(RelationName.TryParse(text, out var name));

        Assert.Equal(like, await Catalog.FindSimilarAsync(name, (_, table) => table != "secrets", CancellationToken.None));
    }

    private async Task<Relation?> FindAsync(string text)
    {
        Assert.True(RelationName.TryParse(text, out var name));
        return await Catalog.FindAsync(name, CancellationToken.None);
    }
}
