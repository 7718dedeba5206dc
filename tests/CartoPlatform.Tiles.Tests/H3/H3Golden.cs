using System.Text.Json;

namespace CartoPlatform.Tiles.Tests.H3;

/// <summary>What h3-js says: h3-golden.json, made by reference.mjs.</summary>
internal sealed record H3Golden(H3Golden.Hashes Sequence, JsonElement[][] Places, H3Golden.Outline[] Cells)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static H3Golden Instance { get; } = Read();

    private static H3Golden Read()
    {
        using var stream = typeof(H3Golden).Assembly.GetManifestResourceStream("h3-golden.json")!;
        return JsonSerializer.Deserialize<H3Golden>(stream, Options)!;
    }

    /// <param name="Size">Places in a chunk; the resolution is the place's number in it, modulo 16.</param>
    /// <param name="Values">One hash of all cells for each chunk.</param>
    internal sealed record Hashes(int Size, [property: System.Text.Json.Serialization.JsonPropertyName("hashes")] uint[] Values);

    internal sealed record Outline(string Cell, double[] Center, double[] Corners);
}
