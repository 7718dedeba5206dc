using System.Globalization;
using System.Text.Json;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.Tiles.Tests.Tiles;

/// <summary>Our quadbin cells against those of the npm package: quadbin-golden.json, made by quadbin-reference.mjs.</summary>
public sealed class QuadbinReferenceTests
{
    private const double Tolerance = 2e-9;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Cells_parents_children_and_outlines_are_those_of_the_reference()
    {
        using var stream = typeof(QuadbinReferenceTests).Assembly.GetManifestResourceStream("quadbin-golden.json")!;
        var entries = JsonSerializer.Deserialize<Entry[]>(stream, Options)!;
        Assert.Equal(27 * 12, entries.Length);
        var children = new long[4];
        var corners = new LonLat[4];
        foreach (var entry in entries)
        {
            var cell = long.Parse(entry.Cell, CultureInfo.InvariantCulture);
            Assert.Equal(cell, Quadbin.FromTile(TileAddress.Create(entry.Z, entry.X, entry.Y)));
            Assert.Equal(entry.Hex, Quadbin.ToText(cell));
            Assert.True(Quadbin.TryParse(entry.Hex.ToUpperInvariant(), out var parsed) && parsed == cell);
            Assert.True(Quadbin.TryParse(entry.Cell, out parsed) && parsed == cell);
            if (entry.Parent is not null) Assert.Equal(entry.Parent, CellScheme.Quadbin.Parent(cell, entry.Z - 1).ToString(CultureInfo.InvariantCulture));
            if (entry.Children.Length > 0)
            {
                Assert.Equal(4, Quadbin.Children(cell, children));
                Assert.Equal(entry.Children.Select(child => long.Parse(child, CultureInfo.InvariantCulture)).Order(), children.Order());
                Assert.Equal((children.Min(), children.Max()), CellScheme.Quadbin.Descendants(cell, entry.Z + 1));
            }

            Quadbin.Boundary(cell, corners);
            Assert.Equal(entry.West, corners[0].Longitude, Tolerance);
            Assert.Equal(entry.South, corners[0].Latitude, Tolerance);
            Assert.Equal(entry.East, corners[2].Longitude, Tolerance);
            Assert.Equal(entry.North, corners[2].Latitude, Tolerance);
            var center = Quadbin.Center(cell);
            Assert.Equal(cell, Quadbin.FromDegrees(center.Longitude, center.Latitude, entry.Z));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("48fffffffffffff")]
    [InlineData("580fffffffffffff")]
    [InlineData("zzzzzzzzzzzzzzzz")]
    [InlineData("-192650370358181887")]
    [InlineData("99999999999999999999")]
    public void Other_texts_are_no_cells(string text) => Assert.False(Quadbin.TryParse(text, out _));

    private sealed record Entry(int Z, int X, int Y, string Cell, string Hex, string? Parent, string[] Children, double West, double South, double East, double North);
}
