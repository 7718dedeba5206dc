using System.Text.Json;

namespace CartoPlatform.Topology.Tests.Deployment;

internal sealed record SecretSource(string Name, bool IsOptional, JsonElement Source)
{
    /// <summary>Path in the volume and key in the secret.</summary>
    public IEnumerable<(string Path, string Key)> Items =>
        Source.Items("items").Select(item => (item.GetProperty("path").GetString()!, item.GetProperty("key").GetString()!));
}
