using System.Text;
using CartoPlatform.Cli.Loading.Tables;

namespace CartoPlatform.Cli.Tests.Loading;

public sealed class TableNameTests
{
    [Theory]
    [InlineData("/tmp/Roads.geojson", "public.roads")]
    [InlineData("my file (2).csv.gz", "public.my_file_2")]
    [InlineData("2024 data.csv", "public._2024_data")]
    [InlineData("Größe-é.csv", "public.große_e")]
    [InlineData("---.csv", "public.data")]
    [InlineData(".csv", "public.csv")]
    [InlineData("東京.csv", "public.東京")]
    [InlineData("a.b.c.csv", "public.a")]
    [InlineData("x\"; drop table y; --.csv", "public.x_drop_table_y")]
    public void File_gives_a_name_that_needs_no_quoting(string path, string expected) =>
        Assert.Equal(expected, TableName.FromFile(path).ToString());

    [Fact]
    public void Long_names_are_cut_between_characters()
    {
        var name = TableName.FromFile(new string('東', 40) + ".csv").Name;

        Assert.Equal(new string('東', 21), name);
        Assert.Equal(63, Encoding.UTF8.GetByteCount(name));
    }

    [Theory]
    [InlineData("roads", "public.roads")]
    [InlineData("city.Roads_2", "city.Roads_2")]
    [InlineData("_x", "public._x")]
    public void Given_name_is_taken_as_written(string text, string expected) => Assert.Equal(expected, TableName.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a.b.c")]
    [InlineData("a b")]
    [InlineData("2a")]
    [InlineData("a\"b")]
    [InlineData("a'b")]
    [InlineData("a;drop")]
    [InlineData("a\n")]
    [InlineData("pg_catalog.a")]
    [InlineData("PG_x.a")]
    [InlineData("information_schema.a")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Anything_else_is_refused(string text) => Assert.Null(TableName.Parse(text));

    [Fact]
    public void Columns_get_different_valid_names()
    {
        var columns = ColumnNames.For(["Name", "name", "NAME ", "geom", "ctid", "", "1st", "a b", "a-b", new string('x', 80), new string('x', 90)]);

        Assert.Equal(
            ["name", "name_2", "name_3", "geom_2", "ctid_2", "column", "_1st", "a_b", "a_b_2", new string('x', 63), new string('x', 61) + "_2"],
            columns);
    }
}
