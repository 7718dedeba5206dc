using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Tests.Columns;

public sealed class ColumnLookupTests
{
    private static readonly Column[] Columns = [new("name", "text", ColumnKind.Text), new("NAME", "text", ColumnKind.Text), new("Id", "int4", ColumnKind.Int32)];

    [Theory]
    [InlineData("name", "name")]
    [InlineData("NAME", "NAME")]
    [InlineData("Name", null)]
    [InlineData("id", "Id")]
    [InlineData("ID", "Id")]
    [InlineData("other", null)]
    public void Column_is_found_exactly_first_and_by_case_only_if_there_is_one(string name, string? found) =>
        Assert.Equal(found, ColumnLookup.Find(Columns, name)?.Name);
}
