using System.Diagnostics;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary><c>./carto tileset create</c>, killed while it works and called again.</summary>
[Collection(SharedPlatform.Name)]
public sealed class TilesetResumptionTests(PlatformFixture platforms)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // So many that the world is made in several units, of which each is kept when it is done.
    private const int Rows = 120_000;

    [Fact]
    public async Task Killed_run_goes_on_where_it_was_and_makes_the_same_tiles()
    {
        var status = await platforms.GetAsync(Topologies.Standard);
        await using var database = PlatformDatabase.Open(status);
        await database.ExecuteAsync($"""
            CREATE TABLE public.to_tile AS SELECT i AS id, 'name ' || i AS name, ST_Point((i * 7919::int8 % 360007) / 1000.0 - 180, (i * 104729::int8 % 160001) / 1000.0 - 80, 4326)::geometry(Point, 4326) AS geom
            FROM generate_series(1, {Rows}) AS i;
            CREATE INDEX ON public.to_tile USING gist (geom);
            ANALYZE public.to_tile
            """);
        await FinishAsync(status, "public.tiles_whole");

        using (var killed = Start(status, "public.tiles_resumed"))
        {
            await Wait.UntilAsync("a unit is done", async () => killed.HasExited || await DoneAsync(database) > 0, Limit);
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        Assert.True(await database.ScalarAsync<bool>("SELECT to_regclass('public.tiles_resumed') IS NULL"), "It was done before it could be killed.");
        Assert.True(await DoneAsync(database) > 0);
        await FinishAsync(status, "public.tiles_resumed");
        Assert.Equal(await DigestAsync(database, "public.tiles_whole"), await DigestAsync(database, "public.tiles_resumed"));
        Assert.Equal(0, await DoneAsync(database));
        await database.ExecuteAsync("DROP TABLE public.to_tile, public.tiles_whole, public.tiles_resumed");
    }

    private static async Task FinishAsync(PlatformStatus status, string output)
    {
        using var run = Start(status, output);
        var error = run.StandardError.ReadToEndAsync();
        await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, await error);
    }

    private static Process Start(PlatformStatus status, string output)
    {
        string[] arguments = [Repository.Cli, "tileset", "create", "public.to_tile", output, "--max-zoom", "4", "--max-features", "2000", "--data", status.DataDir];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("dotnet could not be started.");
    }

    // What an unfinished run has left.
    private static async Task<long> DoneAsync(NpgsqlDataSource database)
    {
        var table = await database.ScalarAsync<string>(@"SELECT coalesce(max(relname), '') FROM pg_class WHERE relname LIKE 'carto\_tiling\_%\_done' AND relkind = 'r'");
        return table.Length == 0 ? 0 : await database.ScalarAsync<long>($"SELECT count(*) FROM public.\"{table}\"");
    }

    private static Task<string> DigestAsync(NpgsqlDataSource database, string table) =>
        database.ScalarAsync<string>($"SELECT count(*) || ' ' || md5(string_agg(md5(data), '' ORDER BY z, x, y)) FROM {table} WHERE z >= 0");
}
