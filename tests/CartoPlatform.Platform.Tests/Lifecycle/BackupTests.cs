using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>A platform saved, changed, brought back, and brought to another folder.</summary>
public sealed class BackupTests
{
    private const string Document = """
        {"title":"Kept","privacy":"public","datasets":[{"id":"d1","type":"table","source":"public.kept","connectionName":"carto_dw"}]}
        """;

    [Fact]
    public async Task Backup_brings_data_maps_and_tokens_back_on_a_running_platform_and_in_a_new_folder()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");
        var file = Path.Combine(Path.GetDirectoryName(platform.DataFolder)!, "platform.backup");
        await ExecuteAsync(status, "CREATE TABLE public.kept AS SELECT g AS id, ST_Point(g, g)::geometry(Point, 4326) AS geom FROM generate_series(1, 50) g; CREATE VIEW public.seen AS SELECT * FROM public.kept");
        var map = await CreateMapAsync(status);

        var saved = await platform.RunAsync("backup", file);
        Assert.True(saved.ExitCode == 0, saved.ToString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.NotEqual(0, (await platform.RunAsync("backup", file)).ExitCode);

        await ExecuteAsync(status, "DROP VIEW public.seen; DELETE FROM public.kept; CREATE TABLE public.later (id int)");
        using (var client = TestPlatform.CreateClient(status)) await client.DeleteAsync($"/v3/maps/{map}");

        // Damaged files change nothing, and the platform goes on.
        var bytes = await File.ReadAllBytesAsync(file);
        foreach (var damaged in (byte[][])[[], bytes[..(bytes.Length / 2)], Flipped(bytes, bytes.Length / 2), "not a backup"u8.ToArray()])
        {
            var bad = Path.Combine(Path.GetDirectoryName(file)!, "damaged");
            await File.WriteAllBytesAsync(bad, damaged);
            var refused = await platform.RunAsync("restore", bad);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("refused", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync(status, "public.kept"));

        var restored = await platform.RunAsync("restore", file, "--force");
        Assert.True(restored.ExitCode == 0, restored.ToString());
        var again = await platform.StatusAsync();
        Assert.Equal((status.Token, status.BaseUrl), (again.Token, again.BaseUrl));
        await AssertRestoredAsync(again, map);
        Assert.Equal(0L, await ScalarAsync(again, "SELECT count(*) FROM pg_class WHERE relname = 'later'"));
        Assert.Equal(0L, await ScalarAsync(again, "SELECT count(*) FROM pg_database WHERE datname LIKE '%restore%'"));

        // Stopped, and into another folder, which has a server with passwords of its own.
        Assert.Equal(0, (await platform.DownAsync()).ExitCode);
        var stopped = await platform.RunAsync("backup", file, "--overwrite");
        Assert.True(stopped.ExitCode == 0, stopped.ToString());
        await using var other = new TestPlatform(Topologies.Standard);
        var moved = await other.RunAsync("restore", file);
        Assert.True(moved.ExitCode == 0, moved.ToString());
        var there = await other.UpAsync("--no-sample");
        Assert.Equal(status.Token, there.Token);
        await AssertRestoredAsync(there, map);
    }

    private static async Task AssertRestoredAsync(PlatformStatus status, string map)
    {
        Assert.Equal(50, await CountAsync(status, "public.seen"));
        using var client = TestPlatform.CreateClient(status);
        using var shown = await client.GetAsync($"/v3/maps/public/{map}");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal("Kept", (await shown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString());
        // The reading login has its rights, and watched tables are watched.
        using var rows = await client.GetAsync($"/v3/sql/{status.Connection}/query?q={Uri.EscapeDataString("SELECT count(*) AS n FROM public.kept")}");
        Assert.Contains("\"n\":50", await rows.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> CreateMapAsync(PlatformStatus status)
    {
        using var client = TestPlatform.CreateClient(status);
        using var answer = await client.PostAsync("/v3/maps", new StringContent(Document, System.Text.Encoding.UTF8, "application/json"));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 0xff;
        return copy;
    }

    private static async Task ExecuteAsync(PlatformStatus status, string sql)
    {
        await using var database = PlatformDatabase.Open(status);
        await database.ExecuteAsync(sql);
    }

    private static Task<long> CountAsync(PlatformStatus status, string table) => ScalarAsync(status, $"SELECT count(*) FROM {table}");

    private static async Task<long> ScalarAsync(PlatformStatus status, string sql)
    {
        await using var database = PlatformDatabase.Open(status);
        return await database.ScalarAsync<long>(sql);
    }
}
