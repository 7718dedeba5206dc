using System.Buffers;
using System.Text.Json;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.Tiles.Tests.Mvt;

/// <summary>
/// The conformance tiles of <c>@mapbox/mvt-fixtures</c> (mvt-fixtures-golden.json, made by mvt-fixtures-reference.mjs). The reader that
/// other tests rely on takes what the specification allows and refuses what it forbids; the decoder for tiles of others takes that too,
/// and refuses the rest by one kind of exception or reads what can be read of it.
/// </summary>
public sealed class ConformanceTests
{
    // The set is at odds with itself: 016 has the bytes of 003, which are no valid tile as the type is missing, and 057 says that it has
    // 2^29 points and has one, like 051.
    private static readonly string[] Contradicted = ["016", "057"];

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

    [Fact]
    public void Fixtures_are_all_there() => Assert.Equal(74, Document.RootElement.GetProperty("fixtures").GetArrayLength());

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Reader_takes_what_is_valid_and_nothing_else(string id, bool isValid, string about)
    {
        var failure = Record.Exception(() => MvtReader.Read(Tile(id)));
        if (isValid && !Contradicted.Contains(id)) Assert.True(failure is null, $"{about} {failure}");
        else Assert.True(failure is FormatException, $"It was read, or failed otherwise: {about} {failure}");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Decoder_takes_what_is_valid_and_fails_in_one_way(string id, bool isValid, string about)
    {
        var failure = Record.Exception(() => MvtConverter.Convert(MvtDecoder.Read(Tile(id)), TileAddress.Create(0, 0, 0), new ArrayBufferWriter<byte>()));
        if (isValid && id != "057") Assert.True(failure is null, $"{about} {failure}");
        else Assert.True(failure is null or TileFormatException, $"{about} {failure}");
    }

    private static byte[] Tile(string id) =>
        Document.RootElement.GetProperty("fixtures").EnumerateArray().Single(fixture => fixture.GetProperty("id").GetString() == id).GetProperty("tile").GetBytesFromBase64();

    private static JsonDocument Open()
    {
        using var stream = typeof(ConformanceTests).Assembly.GetManifestResourceStream("mvt-fixtures-golden.json") ?? throw new InvalidOperationException("The fixtures are not embedded.");
        return JsonDocument.Parse(stream);
    }
}
