using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.H3;

namespace CartoPlatform.Tiles.Tests.H3;

public sealed class H3CellTests
{
    private static long Parse(string text) => H3Cell.TryParse(text, out var cell) ? cell : throw new ArgumentException(text);

    [Theory]
    [InlineData("88390cb1b1fffff", 613493176260362239)]
    [InlineData("88390CB1B1FFFFF", 613493176260362239)]
    [InlineData("088390cb1b1fffff", 613493176260362239)]
    [InlineData("613493176260362239", 613493176260362239)]
    public void Text_is_hexadecimal_in_any_case_or_decimal(string text, long cell)
    {
        Assert.Equal(cell, Parse(text));
        Assert.Equal("88390cb1b1fffff", H3Cell.ToText(cell));
    }

    [Theory]
    [InlineData("")]
    [InlineData("88390cb1b1ffff")]
    [InlineData("88390cb1b1ffffg")]
    [InlineData(" 8390cb1b1fffff")]
    [InlineData("-13493176260362239")]
    [InlineData("99999999999999999999999")]
    [InlineData("80f5fffffffffff")] // base cell 122
    [InlineData("88390cb1b1ffffe")] // an unused digit is not 7
    [InlineData("88390cb7b1fffff")] // a used digit is 7
    [InlineData("18390cb1b1fffff")] // mode 2, with a leading bit of it
    [InlineData("81083ffffffffff")] // base cell 4 is a pentagon...
    [InlineData("82080ffffffffff")] // bits that are no digits
    public void Other_texts_are_no_cells(string text)
    {
        if (text == "81083ffffffffff") Assert.True(H3Cell.IsPentagon(Parse(text)));
        else Assert.False(H3Cell.TryParse(text, out _));
    }

    [Fact]
    public void Every_cell_of_resolution_3_is_among_the_descendants_of_its_parents()
    {
        var cells = Cells(3).ToList();
        Assert.Equal(41_162, cells.Count); // 2 + 120 * 7^3
        Assert.Equal(cells.Count, cells.Distinct().Count());
        foreach (var cell in cells)
        {
            Assert.True(H3Cell.IsValid(cell));
            var (first, last) = CellScheme.H3.Descendants(CellScheme.H3.Parent(cell, 1), 3);
            Assert.InRange(cell, first, last);
            var center = H3Cell.Center(cell);
            Assert.Equal(cell, H3Cell.FromDegrees(center.Longitude, center.Latitude, 3));
        }
    }

    [Fact]
    public void Centre_of_a_cell_is_in_it_at_all_resolutions()
    {
        var sequence = new H3Sequence(7);
        for (var i = 0; i < 20_000; i++)
        {
            var place = sequence.NextPlace();
            var cell = H3Cell.FromDegrees(place.Longitude, place.Latitude, i % 16);
            var center = H3Cell.Center(cell);
            Assert.Equal(cell, H3Cell.FromDegrees(center.Longitude, center.Latitude, i % 16));
        }
    }

    [Theory]
    [MemberData(nameof(Resolutions))]
    public void There_are_twelve_pentagons_and_their_sector_k_is_no_cell(int resolution)
    {
        var pentagons = H3Cell.Roots().Where(H3Cell.IsPentagon).Select(root => H3Cell.CenterChild(root, resolution)).ToList();
        Assert.Equal(12, pentagons.Count);
        Assert.All(pentagons, pentagon => Assert.True(H3Cell.IsPentagon(pentagon) && H3Cell.IsValid(pentagon)));
        if (resolution == 0) return;
        var deleted = (ulong)pentagons[0] | 1ul << (3 * (15 - resolution));
        Assert.False(H3Cell.IsValid((long)deleted));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    public void Resolutions_are_0_to_15(int resolution) => Assert.Throws<ArgumentOutOfRangeException>(() => H3Cell.FromDegrees(0, 0, resolution));

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.NaN)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(0, double.NegativeInfinity)]
    public void Places_that_are_no_numbers_have_no_cell(double longitude, double latitude) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => H3Cell.FromDegrees(longitude, latitude, 5));

    [Fact]
    public void Parents_are_not_finer_and_descendants_not_coarser()
    {
        var cell = Parse("88390cb1b1fffff");
        Assert.Equal(cell, CellScheme.H3.Parent(cell, 8));
        Assert.Equal((cell, cell), CellScheme.H3.Descendants(cell, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => CellScheme.H3.Parent(cell, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => CellScheme.H3.Descendants(cell, 7));
    }

    public static TheoryData<int> Resolutions => [.. Enumerable.Range(0, 16)];

    private static IEnumerable<long> Cells(int resolution) =>
        resolution == 0 ? H3Cell.Roots() : Cells(resolution - 1).SelectMany(Children);

    private static long[] Children(long cell)
    {
        var children = new long[7];
        return children[..H3Cell.Children(cell, children)];
    }
}
