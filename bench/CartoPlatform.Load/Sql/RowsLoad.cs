using System.Diagnostics;
using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Sql;

/// <summary>Two hundred thousand rows as JSON, against <c>psql</c> with <c>COPY … TO STDOUT</c> and against a plain endpoint.</summary>
internal static class RowsLoad
{
    private const int Count = 7;

    // While .NET compiles anew what is used often, which goes on for some fifty answers, that takes one of two processors.
    private const int WarmUps = 25;

    private const string Copy = "psql COPY";
    private const string Start = "psql's start";
    private const string SqlApi = "SQL API";
    private const string Plain = "Dapper + System.Text.Json";

    public static async Task RunAsync(PlatformStatus status)
    {
        await using var database = PlatformDatabase.Open(status);
        foreach (var rows in RowSet.All)
        {
            foreach (var statement in rows.CreateSql.Split(';')) await database.ExecuteAsync(statement);
        }

        using var plain = await PlainEndpoint.StartAsync(database.ConnectionString + ";Password=" + new Uri(status.Postgres).UserInfo.Split(':')[1]);
        var service = new ProcessMemory(status.Services.Single().Pid ?? throw new InvalidOperationException("The platform does not run."));
        var other = new ProcessMemory(plain.ProcessId);
        using var api = TestPlatform.CreateClient(status);
        await HttpBody.ReadAsync(api, $"/v3/sql/{status.Connection}/query?q=SELECT+1");
        await HttpBody.ReadAsync(api, new Uri(plain.Url, "/rows?q=SELECT+1").ToString());

        Report.Heading($"{Report.Number(RowSet.Count)} rows, medians of {Count} interleaved rounds");
        Report.Columns("rows", "", "ms", "rows/s", "MB/s", "time : psql COPY", "time : psql COPY with its start", "peak memory over idle, MB");
        foreach (var rows in RowSet.All) await RunAsync(status, rows, plain, api, service, other);
    }

    private static async Task RunAsync(
        PlatformStatus status, RowSet rows, PlainEndpoint plain, HttpClient api, ProcessMemory service, ProcessMemory other)
    {
        var address = $"/v3/sql/{status.Connection}/query?q={Uri.EscapeDataString(rows.Select)}";
        var plainAddress = new Uri(plain.Url, $"/rows?q={Uri.EscapeDataString(rows.PlainSql)}").ToString();
        var idle = (Service: service.Megabytes, Other: other.Megabytes);
        service.ResetPeakMemory();
        other.ResetPeakMemory();

        for (var time = 0; time < WarmUps; time++)
        {
            await HttpBody.ReadAsync(api, address);
            await HttpBody.ReadAsync(api, plainAddress);
        }

        var measured = await Rounds.RunAsync(Count,
        [
            new Contestant(Copy, () => PsqlAsync(status, $"COPY ({rows.Select}) TO STDOUT")),
            new Contestant(SqlApi, () => HttpBody.ReadAsync(api, address)),
            new Contestant(Plain, () => HttpBody.ReadAsync(api, plainAddress)),
            new Contestant(Start, () => PsqlAsync(status, "SELECT 1")),
        ]);

        var start = measured.Single(measurement => measurement.Name == Start).Median;
        var whole = measured.Single(measurement => measurement.Name == Copy).Median;
        var copy = whole - start;
        foreach (var one in measured.Where(measurement => measurement.Name != Start))
        {
            // What it takes to start psql is not COPY's fault. The goal is set with it.
            var time = one.Name == Copy ? copy : one.Median;
            Report.Row(
                rows.Name, one.Name, Report.Milliseconds(time), Report.Number(RowSet.Count / time.TotalSeconds), Report.Number(one.Bytes / 1e6 / time.TotalSeconds),
                Report.Ratio(time, copy), Report.Ratio(one.Median, whole), one.Name switch { SqlApi => $"{service.PeakMegabytes - idle.Service}", Plain => $"{other.PeakMegabytes - idle.Other}", _ => "" });
        }
    }

    private static async Task<long> PsqlAsync(PlatformStatus status, string sql)
    {
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-X", "-q", "-At", "-d", status.Postgres, "-c", sql]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("psql could not be started.");
        var bytes = await HttpBody.CountAsync(psql.StandardOutput.BaseStream);
        await psql.WaitForExitAsync();
        return psql.ExitCode == 0 ? bytes : throw new InvalidOperationException($"psql ended with {psql.ExitCode}.");
    }
}
