using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Load.Sql;

/// <summary>
/// Models on a million rows, against the bare SQL by Npgsql on a login of the same rights with the session settings of the platform's own
/// pool: whether plans are parallel is the operator's choice, and not what a model costs.
/// </summary>
internal static class ModelsLoad
{
    private const int Count = 7;
    private const string Bare = "bare SQL";
    private const string Model = "model";

    public static async Task RunAsync(PlatformStatus status)
    {
        await using var database = PlatformDatabase.Open(status);
        foreach (var statement in ModelCase.CreateSql.Split(";\n")) await database.ExecuteAsync(statement);
        await using var connection = await database.OpenConnectionAsync();
        await ExecuteAsync(connection, "SET jit = off; SET max_parallel_workers_per_gather = 0");
        using var api = TestPlatform.CreateClient(status);
        // A model's cost, not that of an answer that is kept.
        api.DefaultRequestHeaders.CacheControl = new() { NoStore = true };

        Report.Heading($"Models on a million rows, medians of {Count} interleaved rounds");
        Report.Columns("model", "rows", "bare SQL, ms", "model over HTTP, ms", "ratio", "over 1.2 x + 5 ms");
        foreach (var inViewport in new[] { false, true })
        {
            foreach (var one in ModelCase.All) await RunAsync(status, one, inViewport, connection, api);
        }
    }

    private static async Task RunAsync(PlatformStatus status, ModelCase one, bool inViewport, NpgsqlConnection connection, HttpClient api)
    {
        var measured = await Rounds.RunAsync(Count,
        [
            new Contestant(Bare, () => ReadAsync(connection, one.BareSql(inViewport))),
            new Contestant(Model, () => HttpBody.ReadAsync(api, one.Address(status.Connection, inViewport))),
        ]);
        var (bare, model) = (measured[0].Median, measured[1].Median);
        var allowed = (1.2 * bare) + TimeSpan.FromMilliseconds(5);
        Report.Row(
            one.Model, inViewport ? "in a viewport" : "all", Report.Milliseconds(bare), Report.Milliseconds(model), Report.Ratio(model, bare),
            model <= allowed ? "no" : $"by {Report.Milliseconds(model - allowed)} ms");
    }

    private static async Task<long> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        long rows = 0;
        while (await reader.ReadAsync()) rows++;
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
