using System.Globalization;
using System.Text.Json;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Tests.Filters.Spatial;

public sealed class CellCoversTests
{
    private readonly CellCovers _covers = new();

    [Fact]
    public void Same_question_is_answered_once() => Assert.Same(Find(Box(1)), Find(Box(1)));

    [Fact]
    public void Every_other_question_has_an_answer_of_its_own()
    {
        var all = new[]
        {
            Find(Box(1)), Find(Box(2)), Find(Box(1), CellScheme.Quadbin), Find(Box(1), resolution: 6), Find(Box(1), mode: CellCoverMode.Center), Find(Box(1), finest: 3),
        };

        Assert.Equal(all.Length, all.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(CellCover.Find(Box(1), CellScheme.H3, 6, CellCoverMode.Intersects, 5), Find(Box(1), resolution: 6));
    }

    [Fact]
    public void More_polygons_than_are_kept_are_covered_all_the_same()
    {
        for (var size = 1; size <= 100; size++)
            Assert.Equal(CellCover.Find(Box(size / 10.0), CellScheme.H3, 5, CellCoverMode.Intersects, 5), Find(Box(size / 10.0)));
    }

    private IReadOnlyList<CellRange> Find(
        byte[] polygon, CellScheme? scheme = null, int resolution = 5, CellCoverMode mode = CellCoverMode.Intersects, int finest = 5) =>
        _covers.Find(polygon, scheme ?? CellScheme.H3, resolution, mode, finest, CancellationToken.None);

    private static byte[] Box(double size)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $$"""{"type": "Polygon", "coordinates": [[[0, 0], [{{size}}, 0], [{{size}}, {{size}}], [0, {{size}}], [0, 0]]]}""");
        using var json = JsonDocument.Parse(text);
        return FilterPolygon.Read(json.RootElement, out _)?.ToEwkb() ?? throw new InvalidOperationException(text);
    }
}
