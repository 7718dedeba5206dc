using System.Text.Json;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.Tiles.Tests.Mvt;

/// <summary>
/// The reader that other tests rely on, against the conformance tiles of <c>@mapbox/mvt-fixtures</c>: it takes what the specification
/// allows and refuses what it forbids.
/// </summary>
public sealed class ConformanceTests
{
    public static TheoryData<string, bool, string> Fixtures
    {
        get
        {
            var data = new TheoryData<string, bool, string>();
            foreach (var fixture in Document.RootElement.GetProperty("fixtures").EnumerateArray())
                data.Add(fixture.GetProperty("id").GetString()!, fixture.GetProperty("valid").GetBoolean(), fixture.GetProperty("about").GetString()!); // all have them
            return data;
        }
    }

    private static JsonDocument Document { get; } = Open();

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Reader_takes_what_is_valid_and_nothing_else(string id, bool isValid, string about)
    {
        var tile = Document.RootElement.GetProperty("fixtures").EnumerateArray().Single(fixture => fixture.GetProperty("id").GetString() == id).GetProperty("tile").GetBytesFromBase64();
        if (isValid) MvtReader.Read(tile);
        else Assert.True(Record.Exception(() => MvtReader.Read(tile)) is FormatException, $"It was read, or failed otherwise: {about}");
    }

    private static JsonDocument Open()
    {
        using var stream = typeof(ConformanceTests).Assembly.GetManifestResourceStream("mvt-fixtures-golden.json") ?? throw new InvalidOperationException("The fixtures are not embedded.");
        return JsonDocument.Parse(stream);
    }
}
