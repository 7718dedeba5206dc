using System.Text.Json;
using System.Text.Json.Serialization;

namespace CartoPlatform.Cli.Samples;

/// <summary>samples/demo/manifest.json, as samples/README.md describes it: the tables in the order of loading.</summary>
internal sealed record SampleManifest
{
    public required string Schema { get; init; }

    public required IReadOnlyList<SampleTable> Tables { get; init; }

    public static SampleManifest Read(string folder)
    {
        var path = Path.Combine(folder, "manifest.json");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SampleJson.Default.SampleManifest)
                ?? throw new CommandException($"{path} is empty.");
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message}");
        }
    }
}

/// <summary>One table: statements that make it, its rows as packed CSV, and statements that finish it.</summary>
internal sealed record SampleTable
{
    public required string Name { get; init; }

    public required long Rows { get; init; }

    public required string Create { get; init; }

    public required string Data { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required string Finish { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SampleManifest))]
internal sealed partial class SampleJson : JsonSerializerContext;
