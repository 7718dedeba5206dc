using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Tests.Columns;

public sealed class GeometryModifierTests
{
    [Theory]
    [InlineData("geometry", null, 0)]
    [InlineData("geometry(Point,4326)", "POINT", 4326)]
    [InlineData("public.geometry(MultiPolygon,3857)", "MULTIPOLYGON", 3857)]
    [InlineData("geometry(Geometry,32721)", null, 32721)]
    [InlineData("geometry(PointZ)", "POINTZ", 0)]
    [InlineData("geography(LineStringZM,4326)", "LINESTRINGZM", 4326)]
    public void Type_and_srid_are_read(string text, string? type, int srid) => Assert.Equal((type, srid), GeometryModifier.Parse(text));
}
