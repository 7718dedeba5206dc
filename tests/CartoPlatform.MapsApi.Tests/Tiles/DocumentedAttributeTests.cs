using System.Text.Encodings.Web;
using System.Text.Json;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>The table of attributes in docs/api/maps.md, run.</summary>
public sealed class DocumentedAttributeTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string, string, string> Examples
    {
        get
        {
            var examples = new TheoryData<string, string, string>();
            foreach (var line in File.ReadLines(Path.Combine(Root(), "docs", "api", "maps.md")))
            {
                var cells = line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries);
                if (cells is [_, ['`', .., '`'] sql, ['`', .., '`'] mvt, ['`', .., '`'] binary]) examples.Add(sql.Trim('`'), mvt.Trim('`'), binary.Trim('`'));
            }

            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_is_true(string sql, string mvt, string binary)
    {
        using var client = fixture.Host().Owner();
        var url = $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape($"SELECT {sql} AS v, ST_SetSRID(ST_Point(1, 2), 4326) AS geom")}";
        Assert.Equal(mvt, Text(Assert.Single(await client.MvtAsync(url)).Properties.GetValueOrDefault("v")));
        var (points, _, _) = await client.BinaryAsync(url);
        var number = points.NumericProps.GetValueOrDefault("v")?[0];
        Assert.Equal(binary, Text(number is { } value && !double.IsNaN(value) ? value : points.Properties[0].GetValueOrDefault("v")));
    }

    [Fact]
    public void There_are_examples() => Assert.True(Examples.Count > 12);

    private static string Text(object? value) => value is null ? "absent" : JsonSerializer.Serialize(value, Json);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CartoPlatform.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException();
        return folder;
    }
}
