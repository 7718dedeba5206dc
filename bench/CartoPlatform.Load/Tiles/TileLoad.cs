using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Load.Tiles;

/// <summary>
/// Tiles of a whole platform, uncached, through the edge with a token, against the bare limit of ST_AsMVT and against other servers:
/// the same tiles and columns for all, a fixed list for each.
/// </summary>
internal sealed class TileLoad(PlatformStatus status, NpgsqlDataSource database, MapServer? mapServer)
{
    /// <summary>Names the data folder of a platform that runs: it is used, and keeps the tables. Without it one is started.</summary>
    private const string PlatformVariable = "CARTO_BENCH_PLATFORM";

    private const string MapServerArgument = "--mapserver";

    private const int Connections = 4;
    private const int ManyConnections = 32;
    private const int MixTiles = 1_500;
    private const int SmallTiles = 2_000;
    private const int DenseTiles = 150;

    // Of ten million points a tile of the mix takes ST_AsMVT up to seconds.
    private const int ScalingTiles = 240;

    private static readonly int[] ScalingRows = [100_000, 1_000_000, 10_000_000];
    private static readonly int[] ScalingConnections = [1, 2, 4, 8];

    private readonly NativePrograms _programs = new();
    private readonly ProcessorTime _processor = new(
        status.Services.Single().Pid ?? throw new InvalidOperationException("The platform does not run."), ProcessorTime.PostmasterOf(Path.Combine(status.DataDir, "postgres")));

    /// <param name="parts">Of <c>points</c>, <c>polygons</c>, <c>lines</c> and <c>countries</c>, all of these where there is none; or <c>scaling</c>. With <c>--mapserver</c> that is a contestant.</param>
    public static async Task<int> RunAsync(string[] parts)
    {
        if (Environment.GetEnvironmentVariable(PlatformVariable) is { Length: > 0 } folder)
        {
            var result = await Command.RunAsync("dotnet", [Repository.Cli, "status", "--json", "--data", folder], TimeSpan.FromMinutes(1));
            return await RunAsync(PlatformStatus.Parse(result.Output), parts);
        }

        await using var platform = new TestPlatform("standard");
        // Rows are compared one by one.
        (platform.Environment["MapsApi__PointThinning"], platform.Environment["MapsApi__Simplification"]) = ("false", "false");
        return await RunAsync(await platform.UpAsync("--no-sample"), parts);
    }

    private static async Task<int> RunAsync(PlatformStatus status, string[] parts)
    {
        await using var database = PlatformDatabase.Open(status);
        await using var mapServer = new MapServer();
        var load = new TileLoad(status, database, parts.Contains(MapServerArgument) && MapServer.CanStart() ? mapServer : null);
        parts = [.. parts.Where(part => part != MapServerArgument)];
        return await load.RunPartsAsync(parts.Length == 0 ? ["points", "polygons", "lines", "countries"] : parts);
    }

    private async Task<int> RunPartsAsync(string[] parts)
    {
        await _programs.CompileAsync();
        await TileTables.CreateAsync(database);
        var service = new ProcessMemory(status.Services.Single().Pid ?? throw new InvalidOperationException("The platform does not run."));
        service.ResetPeakMemory();
        Report.Heading($"Tiles, {Connections} connections, uncached; ratios to the bare limit");
        TileContest.Heading();
        var failed = 0;
        foreach (var part in parts)
        {
            if (part == "scaling") failed += await ScaleAsync();
            else foreach (var set in await SetsAsync(part)) failed += await CompareAsync(set);
        }

        Console.WriteLine();
        Console.WriteLine($"Peak memory of the process that answers: {service.PeakMegabytes} MB.");
        return failed == 0 ? 0 : 1;
    }

    private async Task<IReadOnlyList<TileSet>> SetsAsync(string part)
    {
        switch (part)
        {
            case "points":
                await TileTables.CreatePointsAsync(database, TileTables.Points, 1_000_000);
                return
                [
                    new TileSet("points, mix", TileTables.Points, true, await TileLists.MixAsync(database, MixTiles)),
                    new TileSet("points, dense", TileTables.Points, true, await TileLists.ByFeaturesAsync(database, TileTables.Points, (5, 12), (1_000, 20_000), DenseTiles)),
                    new TileSet("points, small", TileTables.Points, true, await TileLists.ByFeaturesAsync(database, TileTables.Points, (10, 15), (1, 100), SmallTiles)),
                ];
            case "polygons":
                await TileTables.CreatePolygonsAsync(database);
                return
                [
                    new TileSet("polygons, dense", TileTables.Polygons, false, await TileLists.ByFeaturesAsync(database, TileTables.Polygons, (4, 11), (1_000, 20_000), DenseTiles / 2)),
                    new TileSet("polygons, small", TileTables.Polygons, false, await TileLists.ByFeaturesAsync(database, TileTables.Polygons, (10, 15), (1, 100), SmallTiles)),
                ];
            case "lines":
                await TileTables.CreateLinesAsync(database);
                return
                [
                    new TileSet("lines, dense", TileTables.Lines, false, await TileLists.ByFeaturesAsync(database, TileTables.Lines, (4, 11), (500, 10_000), DenseTiles / 2)),
                    new TileSet("lines, small", TileTables.Lines, false, await TileLists.ByFeaturesAsync(database, TileTables.Lines, (10, 15), (1, 50), SmallTiles)),
                ];
            case "countries":
                await TileTables.CreateCountriesAsync(database);
                return [new TileSet("countries, z2-8", TileTables.Countries, false, await TileLists.CoveringAsync(database, TileTables.Countries, (2, 8), 1_000))];
            default:
                throw new ArgumentException($"There are no tiles of {part}: points, polygons, lines, countries, scaling.");
        }
    }

    private Task<int> CompareAsync(TileSet set)
    {
        var contestants = new List<TileContestant>
        {
            new("ST_AsMVT, libpq", () => _programs.AskDatabaseAsync(Connections, set.Tiles, set.ReferenceSql, BareConnectionString)),
            new("platform, mvt", () => AskPlatformAsync(set, "mvt", Connections)),
            new("platform, binary", () => AskPlatformAsync(set, "binary", Connections)),
        };
        if (set.Name.EndsWith("mix", StringComparison.Ordinal))
            contestants.Add(new($"platform, mvt, {ManyConnections} clients", () => AskPlatformAsync(set, "mvt", ManyConnections)));
        if (mapServer is not null && set.Table is TileTables.Points or TileTables.Polygons) contestants.Add(new("MapServer, mvt", () => AskMapServerAsync(mapServer, set)));
        return new TileContest(set.Name, _processor, contestants).RunAsync();
    }

    /// <summary>The mix from tables of more and more rows, and by more and more connections.</summary>
    private async Task<int> ScaleAsync()
    {
        var (tiles, failed) = (await TileLists.MixAsync(database, ScalingTiles), 0);
        foreach (var rows in ScalingRows)
        {
            var table = $"{TileTables.Points}_{rows}";
            await TileTables.CreatePointsAsync(database, table, rows);
            failed += await CompareAsync(new TileSet($"{rows:#,0} points", table, true, tiles), Connections);
            if (rows != 1_000_000) continue;
            foreach (var connections in ScalingConnections) failed += await CompareAsync(new TileSet($"{rows:#,0} points, {connections} connections", table, true, tiles), connections);
        }

        return failed;
    }

    private Task<int> CompareAsync(TileSet set, int connections) => new TileContest(set.Name, _processor, [
        new("ST_AsMVT, libpq", () => _programs.AskDatabaseAsync(connections, set.Tiles, set.ReferenceSql, BareConnectionString)),
        new("platform, mvt", () => AskPlatformAsync(set, "mvt", connections)),
    ]).RunAsync();

    // Past every cache: no-store neither reads nor keeps.
    private Task<TileRun> AskPlatformAsync(TileSet set, string format, int connections) => _programs.AskServerAsync(
        connections, set.Tiles, new Uri(status.BaseUrl).Port, set.PathFor(status.Connection, format), $"Authorization: Bearer {status.Token}\nCache-Control: no-store");

    private async Task<TileRun> AskMapServerAsync(MapServer mapServer, TileSet set)
    {
        await mapServer.EnsureStartedAsync(BareConnectionString, set);
        var before = mapServer.ProcessorMilliseconds;
        var run = await _programs.AskServerAsync(Connections, set.Tiles, mapServer.Port, MapServer.PathFor(set), "");
        return run with { Processor = run.Processor + mapServer.ProcessorMilliseconds - before };
    }

    private string BareConnectionString =>
        $"{status.Postgres}{(status.Postgres.Contains('?', StringComparison.Ordinal) ? '&' : '?')}options={Uri.EscapeDataString("-c jit=off -c max_parallel_workers_per_gather=0")}";
}
