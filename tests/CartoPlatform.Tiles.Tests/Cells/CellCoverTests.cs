using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Tests.H3;
using NetTopologySuite.IO;
using NtsGeometry = NetTopologySuite.Geometries.Geometry;

namespace CartoPlatform.Tiles.Tests.Cells;

/// <summary>Covers against each cell of the world by itself.</summary>
public sealed class CellCoverTests
{
    private const string Box = "POLYGON ((-12 35, 7 35, 7 48, -12 48, -12 35))";
    private const string Star = "POLYGON ((0 40, 3 43, 8 44, 3 45, 2 52, -1 45, -9 46, -2 42, 0 40), (0 43, 1 43, 1 44, 0 44, 0 43))";
    private const string BowTie = "POLYGON ((10 10, 30 30, 30 10, 10 30, 10 10))";
    private const string Fiji = "MULTIPOLYGON (((170 -30, 180 -30, 180 -5, 170 -5, 170 -30)), ((-180 -30, -165 -30, -165 -5, -180 -5, -180 -30)))";
    private const string Unfolded = "POLYGON ((170 -30, 195 -30, 195 -5, 170 -5, 170 -30))";
    private const string Arctic = "POLYGON ((-180 60, 180 60, 180 90, -180 90, -180 60))";
    private const string World = "POLYGON ((-179.9 -89.9, 179.9 -89.9, 179.9 89.9, -179.9 89.9, -179.9 -89.9))";
    private const string Flat = "POLYGON ((0 0, 10 0, 0 0, 0 0))";

    public static TheoryData<string, string, CellCoverMode> Cases
    {
        get
        {
            var data = new TheoryData<string, string, CellCoverMode>();
            foreach (var scheme in (string[])["h3", "quadbin"])
                foreach (var polygon in (string[])[Box, Star, BowTie, Fiji, Arctic, World])
                    foreach (var mode in Enum.GetValues<CellCoverMode>())
                        data.Add(scheme, polygon, mode);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cover_is_what_each_cell_says_by_itself(string scheme, string polygon, CellCoverMode mode)
    {
        var cells = Scheme(scheme);
        var resolution = scheme == "h3" ? 3 : 6;
        var covered = new CoveredPolygon(Valid(polygon));
        var expected = All(cells, resolution).Where(cell => covered.Takes(cells, cell, mode)).ToHashSet();
        var found = Members(cells, resolution, Find(polygon, cells, resolution, mode));
        var straddling = found.Concat(expected).Where(cell => CellBounds.Around(cells, cell) is { West: -180, East: 180 }).ToHashSet();
        Assert.Equal(expected.Except(straddling).Order(), found.Except(straddling).Order());
        // Within the small ones there is room for no cell as coarse as these.
        if (mode != CellCoverMode.Contains) Assert.NotEmpty(found);
    }

    [Theory]
    [InlineData("h3")]
    [InlineData("quadbin")]
    public void Polygon_over_the_antimeridian_is_the_same_folded_and_unfolded(string scheme)
    {
        foreach (var mode in Enum.GetValues<CellCoverMode>())
        {
            var folded = Find(Fiji, Scheme(scheme), 7, mode);
            Assert.Equal(folded, Find(Unfolded, Scheme(scheme), 7, mode));
            var place = Scheme(scheme).FromDegrees(179.99, -17, 7);
            Assert.Contains(folded, range => range.First <= place && place <= range.Last);
        }
    }

    [Fact]
    public void Cells_over_the_antimeridian_are_contained_in_a_polygon_that_is_cut_there()
    {
        var straddling = All(CellScheme.H3, 4).Where(cell => CellBounds.Around(CellScheme.H3, cell) is { West: -180, East: 180, South: > -25, North: < -10 }).ToList();
        var found = Members(CellScheme.H3, 4, Find(Fiji, CellScheme.H3, 4, CellCoverMode.Contains)).ToHashSet();
        Assert.NotEmpty(straddling);
        Assert.All(straddling, cell => Assert.Contains(cell, found));
    }

    [Fact]
    public void Arctic_has_the_cell_of_the_pole()
    {
        var pole = CellScheme.H3.FromDegrees(0, 90, 4);
        foreach (var mode in Enum.GetValues<CellCoverMode>())
            Assert.Contains(Find(Arctic, CellScheme.H3, 4, mode), range => range.First <= pole && pole <= range.Last);
    }

    [Fact]
    public void Places_in_a_polygon_are_in_its_cover_at_all_resolutions()
    {
        var sequence = new H3Sequence(11);
        var inside = Enumerable.Range(0, 20_000).Select(_ => sequence.NextPlace())
            .Where(place => place is { Longitude: > -12 and < 7, Latitude: > 35 and < 48 }).ToList();
        Assert.True(inside.Count > 50);
        foreach (var scheme in (CellScheme[])[CellScheme.H3, CellScheme.Quadbin])
        {
            for (var resolution = 0; resolution <= scheme.MaxResolution; resolution++)
            {
                var ranges = Find(Box, scheme, resolution, CellCoverMode.Intersects);
                foreach (var place in inside)
                {
                    var cell = scheme.FromDegrees(place.Longitude, place.Latitude, resolution);
                    Assert.Contains(ranges, range => range.First <= cell && cell <= range.Last);
                }
            }
        }
    }

    [Fact]
    public void Cover_of_the_world_at_the_finest_resolution_is_small()
    {
        foreach (var scheme in (CellScheme[])[CellScheme.H3, CellScheme.Quadbin])
            Assert.InRange(Find(World, scheme, scheme.MaxResolution, CellCoverMode.Intersects).Count, 1, 2 * CellCover.MaxBorderCells);
    }

    [Theory]
    [InlineData(Flat)]
    [InlineData("POLYGON EMPTY")]
    [InlineData("MULTIPOLYGON EMPTY")]
    public void Polygon_without_area_has_no_cells_within(string polygon)
    {
        Assert.Empty(Find(polygon, CellScheme.H3, 5, CellCoverMode.Contains));
        Assert.Empty(Find(polygon, CellScheme.Quadbin, 5, CellCoverMode.Contains));
    }

    [Fact]
    public void Ranges_are_joined_across_their_narrowest_gaps()
    {
        CellRange[] ranges = [new(1, 2), new(4, 5), new(100, 110), new(112, 113)];
        Assert.Equal([new(1, 5), new(100, 113)], CellRange.Coarsen(ranges, 2));
        Assert.Equal([new CellRange(1, 113)], CellRange.Coarsen(ranges, 1));
        Assert.Equal(ranges, CellRange.Coarsen(ranges, 4));
        Assert.Equal([new(1, 5), new(100, 113)], CellRange.Merge([ranges[3], ranges[1], ranges[0], ranges[2], ranges[0]], 2));
    }

    private static CellScheme Scheme(string name) => name == "h3" ? CellScheme.H3 : CellScheme.Quadbin;

    private static NtsGeometry Valid(string text)
    {
        var geometry = new WKTReader().Read(text);
        return geometry.IsValid ? geometry : NetTopologySuite.Geometries.Utilities.GeometryFixer.Fix(geometry);
    }

    private static IReadOnlyList<CellRange> Find(string polygon, CellScheme scheme, int resolution, CellCoverMode mode) =>
        CellCover.Find(new WKTReader().Read(polygon).AsBinary(), scheme, resolution, mode, resolution);

    private static List<long> All(CellScheme scheme, int resolution) =>
        [.. Enumerable.Range(0, resolution).Aggregate(scheme.Roots(), (cells, _) => cells.SelectMany(cell => Children(scheme, cell)))];

    private static List<long> Members(CellScheme scheme, int resolution, IReadOnlyList<CellRange> ranges) =>
        [.. All(scheme, resolution).Where(cell => ranges.Any(range => range.First <= cell && cell <= range.Last))];

    private static long[] Children(CellScheme scheme, long cell)
    {
        var children = new long[7];
        return children[..scheme.Children(cell, children)];
    }
}
