using CartoPlatform.Auth.Grants;

namespace CartoPlatform.Auth.Tests.Grants;

public sealed class GrantedSourceTests
{
    private const string LongName = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps";

    [Theory]
    [InlineData("demo.stores", "demo", "stores", true)]
    [InlineData("carto_dw.demo.stores", "demo", "stores", true)]
    [InlineData("other_db.demo.stores", "demo", "stores", false)]
    [InlineData("DEMO.Stores", "demo", "stores", true)]
    [InlineData("demo.Stores", "demo", "Stores", false)]
    [InlineData("demo.\"Stores\"", "demo", "Stores", true)]
    [InlineData("demo.\"Stores\"", "demo", "stores", false)]
    [InlineData("\"demo\".\"stores\"", "demo", "stores", true)]
    [InlineData(" demo . stores ; ", "demo", "stores", true)]
    [InlineData("stores", "public", "stores", true)]
    [InlineData("stores", "demo", "stores", false)]
    [InlineData("demo.stores", "public", "stores", false)]
    [InlineData("demo.stores", "demo", "stores_2", false)]
    [InlineData("\"demo.stores\"", "public", "demo.stores", true)]
    [InlineData("\"demo.stores\"", "demo", "stores", false)]
    [InlineData("demo.\"a \"\"b\"\" c\"", "demo", "a \"b\" c", true)]
    [InlineData("demo.straße", "demo", "straße", true)]
    [InlineData("demo.STRASSE", "demo", "straße", false)]
    // A UTF-8 server folds ASCII only.
    [InlineData("demo.École", "demo", "École", true)]
    [InlineData("demo.ÉCOLE", "demo", "école", false)]
    [InlineData("demo.ÉCOLE", "demo", "École", true)]
    [InlineData("demo." + LongName, "demo", "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresq", true)]
    [InlineData("demo." + LongName, "demo", LongName, false)]
    [InlineData("demo.t$1", "demo", "t$1", true)]
    public void Table_grant_covers_the_table_it_names(string grant, string schema, string name, bool expected) =>
        Assert.Equal(expected, CoversTable(grant, schema, name));

    [Theory]
    [InlineData("demo.*", "demo", "stores", true)]
    [InlineData("carto_dw.demo.*", "demo", "stores", true)]
    [InlineData("other_db.demo.*", "demo", "stores", false)]
    [InlineData("Demo.*", "demo", "Stores", true)]
    [InlineData("\"Demo\".*", "demo", "stores", false)]
    [InlineData("dem.*", "demo", "stores", false)]
    [InlineData("demo.*", "demo2", "stores", false)]
    [InlineData("*", "any", "thing", true)]
    [InlineData("*.*", "demo", "stores", false)]
    [InlineData("demo.s*", "demo", "stores", false)]
    [InlineData("demo.*.stores", "demo", "stores", false)]
    [InlineData("demo.\"*\"", "demo", "stores", false)]
    [InlineData("demo.\"*\"", "demo", "*", true)]
    [InlineData("carto_dw.*", "demo", "stores", false)]
    public void Pattern_covers_the_relations_of_its_schema(string grant, string schema, string name, bool expected) =>
        Assert.Equal(expected, CoversTable(grant, schema, name));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(";")]
    [InlineData(".")]
    [InlineData("demo.")]
    [InlineData(".stores")]
    [InlineData("demo..stores")]
    [InlineData("a.b.c.d")]
    [InlineData("demo.\"stores")]
    [InlineData("demo.\"\"")]
    [InlineData("\"demo\"stores")]
    [InlineData("demo stores")]
    [InlineData("demo.stores, public.secrets")]
    [InlineData("demo.stores -- comment")]
    [InlineData("1demo.stores")]
    [InlineData("SELECT * FROM demo.stores")]
    public void Text_that_names_no_relation_covers_no_table(string grant)
    {
        Assert.False(CoversTable(grant, "demo", "stores"));
        Assert.False(CoversTable(grant, "public", "stores"));
        Assert.False(CoversTable(grant, "", ""));
    }

    [Theory]
    [InlineData("SELECT * FROM demo.stores", "SELECT * FROM demo.stores", true)]
    [InlineData("SELECT * FROM demo.stores", " \n\tSELECT * FROM demo.stores ;\r\n; ", true)]
    [InlineData("SELECT * FROM demo.stores ; ", "SELECT * FROM demo.stores", true)]
    [InlineData("SELECT * FROM demo.stores", "select * from demo.stores", false)]
    [InlineData("SELECT * FROM demo.stores", "SELECT  * FROM demo.stores", false)]
    [InlineData("SELECT * FROM demo.stores", "SELECT * FROM demo.stores WHERE true", false)]
    [InlineData("SELECT * FROM demo.stores", "SELECT * FROM demo.stores; DELETE FROM demo.stores", false)]
    [InlineData("SELECT * FROM demo.stores", "; SELECT * FROM demo.stores", false)]
    // PostgreSQL takes a no-break space for a letter: this is another table.
    [InlineData("SELECT * FROM demo.stores", "SELECT * FROM demo.stores\u00a0", false)]
    [InlineData("SELECT * FROM demo.stores", "\u2003SELECT * FROM demo.stores", false)]
    [InlineData("stores-by-type", "stores-by-type", true)]
    [InlineData("*", "SELECT secret FROM vault", true)]
    [InlineData("", "", false)]
    [InlineData(";", " ", false)]
    public void Query_grant_covers_its_exact_text(string grant, string sql, bool expected) =>
        Assert.Equal(expected, GrantedSource.Parse(grant).Covers(new RequestedSource.Query(sql)));

    [Theory]
    [InlineData("demo.stores", "SELECT * FROM demo.stores")]
    [InlineData("demo.stores", "demo.stores")]
    [InlineData("stores", "stores")]
    [InlineData("demo.*", "SELECT * FROM demo.stores")]
    [InlineData("demo.*", "demo.*")]
    public void Table_grant_permits_no_query(string grant, string sql) =>
        Assert.False(GrantedSource.Parse(grant).Covers(new RequestedSource.Query(sql)));

    [Fact]
    public void Query_grant_permits_no_table() =>
        Assert.False(CoversTable("SELECT * FROM demo.stores", "demo", "stores"));

    [Fact]
    public void Enormous_grant_is_read_in_one_pass()
    {
        var grant = string.Concat(Enumerable.Repeat("\"\"", 500_000));

        Assert.False(CoversTable(grant, "demo", "stores"));
    }

    private static bool CoversTable(string grant, string schema, string name) =>
        GrantedSource.Parse(grant).Covers(new RequestedSource.Table("carto_dw", schema, name));
}
