using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Demo;

/// <summary>
/// The tables of the sample data, as its manifest names them (samples/README.md). Everybody may read them through the page, and nothing
/// else, whatever comes into their schema.
/// </summary>
internal sealed record SampleTables(string Schema, IReadOnlyList<SampleTables.Table> Tables)
{
    private const string Resource = "samples/manifest.json";

    /// <summary>All that the page may see.</summary>
    public static IReadOnlyList<GrantRecord> Grants { get; } = Read();

    private static GrantRecord[] Read()
    {
        using var stream = typeof(SampleTables).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in the assembly");
        var samples = JsonSerializer.Deserialize(stream, SampleTablesJson.Default.SampleTables)
            ?? throw new InvalidOperationException($"{Resource} is empty");
        return [.. samples.Tables.Select(table => new GrantRecord(DemoOptions.Connection, $"{samples.Schema}.{table.Name}"))];
    }

    internal sealed record Table(string Name);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SampleTables))]
internal sealed partial class SampleTablesJson : JsonSerializerContext;
