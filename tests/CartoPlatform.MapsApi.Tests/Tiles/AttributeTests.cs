using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>The mapping of PostgreSQL's types to attributes (contract, section 16), in both formats and from both encoders.</summary>
public sealed class AttributeTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    public static TheoryData<string, object?, object?> Values => new()
    {
        // Expression, what MVT holds, what the binary tile holds (numbers as doubles, the rest as text; null is absent).
        { "1::int2", 1UL, 1.0 },
        { "-5::int4", -5L, -5.0 },
        { "9007199254740993::int8", 9007199254740993UL, 9007199254740992.0 },
        { "1.5::float4", 1.5f, 1.5 },
        { "0.1::float8", 0.1, 0.1 },
        { "'NaN'::float8", null, null },
        { "'-Infinity'::float4", null, null },
        { "12.50::numeric", 12.5, 12.5 },
        { "'NaN'::numeric", null, null },
        { "('1' || repeat('0', 400))::numeric", null, null },
        { "1e-400::numeric", 0.0, 0.0 },
        { "true", true, "true" },
        { "'Zoë 🚲'::text", "Zoë 🚲", "Zoë 🚲" },
        { "''::text", "", "" },
        { "'ab'::char(4)", "ab  ", "ab  " },
        { "NULL::text", null, null },
        { "date '2024-05-01'", "2024-05-01", "2024-05-01" },
        { "date 'infinity'", null, null },
        { "timestamp '2024-05-01 10:00:00.25'", "2024-05-01T10:00:00.25Z", "2024-05-01T10:00:00.25Z" },
        { "timestamptz '2024-05-01 10:00:00+02'", "2024-05-01T08:00:00Z", "2024-05-01T08:00:00Z" },
        { "timestamptz '-infinity'", null, null },
        { "timestamp '0044-03-15 BC'", "0044-03-15 00:00:00 BC", "0044-03-15 00:00:00 BC" },
        { "time '10:00'", "10:00:00", "10:00:00" },
        { "interval '1 day 2 hours'", "1 day 02:00:00", "1 day 02:00:00" },
        { "'\\xdead'::bytea", "\\xdead", "\\xdead" },
        { "'{\"a\":[1]}'::jsonb", "{\"a\": [1]}", "{\"a\": [1]}" },
        { "'7'::json", "7", "7" },
        { "ARRAY[1,2,NULL]", "[1,2,null]", "[1,2,null]" },
        { "ARRAY['a\"b']", "[\"a\\\"b\"]", "[\"a\\\"b\"]" },
        { "'6f3bd1a8-6f6c-4b0a-9df1-0f5a3f1c2b11'::uuid", "6f3bd1a8-6f6c-4b0a-9df1-0f5a3f1c2b11", "6f3bd1a8-6f6c-4b0a-9df1-0f5a3f1c2b11" },
        { "int4range(1, 5)", "[1,5)", "[1,5)" },
        { "ROW(1, 'x')", "(1,x)", "(1,x)" },
        { "ST_Point(1, 1)", null, null },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Value_is_mapped_as_documented(string expression, object? mvt, object? binary)
    {
        var host = fixture.Host();
        var reference = fixture.Host(("MapsApi:TileEncoder", "database"));
        using var client = host.Owner();
        using var database = reference.Owner();
        var url = $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape($"SELECT {expression} AS v, ST_SetSRID(ST_Point(1, 2), 4326) AS geom")}";

        Assert.Equal(mvt, Assert.Single(await client.MvtAsync(url)).Properties.GetValueOrDefault("v"));
        var fromDatabase = Assert.Single(await database.MvtAsync(url)).Properties.GetValueOrDefault("v");
        Assert.Equal(mvt?.ToString(), fromDatabase?.ToString());
        var (points, _, _) = await client.BinaryAsync(url);
        Assert.Equal(binary, Binary(points));
    }

    private static object? Binary(CartoPlatform.Tiles.Tests.Decoding.CartoGroup points)
    {
        if (points.NumericProps.TryGetValue("v", out var numbers) && !double.IsNaN(numbers[0])) return numbers[0];
        return points.Properties[0].GetValueOrDefault("v");
    }
}
