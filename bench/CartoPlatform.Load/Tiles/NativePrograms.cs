using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Tiles;

/// <summary>
/// The measuring programs, in C so that neither is what is measured: one asks PostgreSQL by libpq, the other a server by HTTP. They
/// are compiled at the first use.
/// </summary>
internal sealed class NativePrograms
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly string _folder = Repository.PathOf("artifacts", "bench-native");

    public async Task CompileAsync()
    {
        Directory.CreateDirectory(_folder);
        var include = (await RunAsync("pg_config", ["--includedir"])).Trim();
        foreach (var program in (string[])["bare", "client"])
        {
            var source = Repository.PathOf("bench", "CartoPlatform.Load", "Tiles", "Native", program + ".c");
            await RunAsync("gcc", ["-O2", "-Wall", "-o", PathOf(program), source, $"-I{include}", "-lpq", "-lpthread"]);
        }
    }

    /// <summary>The tiles by SQL.</summary>
    public async Task<TileRun> AskDatabaseAsync(int connections, IReadOnlyList<TilePlace> tiles, string sql, string connectionString)
    {
        var (list, text) = (await WriteListAsync(tiles), await WriteAsync("statement.sql", sql));
        return TileRun.Parse(await RunAsync(PathOf("bare"), [$"{connections}", list, text, connectionString]));
    }

    /// <summary>The tiles by HTTP.</summary>
    /// <param name="connections">How many ask at a time.</param>
    /// <param name="tiles">Which.</param>
    /// <param name="port">On this machine.</param>
    /// <param name="path">With <c>{z}</c>, <c>{x}</c> and <c>{y}</c>.</param>
    /// <param name="headers">Lines of the request.</param>
    public async Task<TileRun> AskServerAsync(int connections, IReadOnlyList<TilePlace> tiles, int port, string path, string headers)
    {
        var (list, text) = (await WriteListAsync(tiles), await WriteAsync("headers.txt", headers + "\n"));
        return TileRun.Parse(await RunAsync(PathOf("client"), [$"{connections}", list, $"{port}", path, text]));
    }

    private Task<string> WriteListAsync(IReadOnlyList<TilePlace> tiles) =>
        WriteAsync("tiles.txt", string.Concat(tiles.Select(tile => $"{tile.Z} {tile.X} {tile.Y}\n")));

    private async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(PathOf(name), text);
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var result = await Command.RunAsync(program, arguments, Limit);
        if (result.Error.Length > 0) await Console.Error.WriteAsync(result.Error);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.ToString());
    }
}

internal readonly record struct TilePlace(int Z, int X, int Y);
