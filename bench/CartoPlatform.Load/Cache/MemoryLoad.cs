using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <summary>What an object takes beside its body.</summary>
internal static class MemoryLoad
{
    private const int Objects = 20_000;
    private const int AtOnce = 8;

    public static async Task RunAsync(PlatformStatus status)
    {
        using var client = CacheLoad.ClientFor(status);
        var memory = new ProcessMemory(status.Services.Single(service => service.Name == "standalone").Pid!.Value);
        await FillAsync(client, "warm", 2_000);
        var before = memory.Megabytes;
        var bytes = await FillAsync(client, "object", Objects);
        Report.Heading("Memory per object");
        Report.Columns("objects", "bytes of a body", "grown MB", "bytes per object beside it");
        var grown = memory.Megabytes - before;
        Report.Row(Report.Number(Objects), Report.Number(bytes / Objects), Report.Number(grown), Report.Number((grown * 1_048_576.0 / Objects) - (bytes / Objects)));
    }

    private static async Task<long> FillAsync(HttpClient client, string name, int count)
    {
        var bytes = 0L;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, token) =>
        {
            var body = await client.GetByteArrayAsync(new Uri($"/v3/sql/carto_dw/query?q=SELECT '{name}{index}' AS t, repeat('x', 600) AS x", UriKind.Relative), token);
            Interlocked.Add(ref bytes, body.Length);
        });
        return bytes;
    }
}
