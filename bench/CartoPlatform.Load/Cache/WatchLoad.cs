using System.Globalization;
using System.Text.RegularExpressions;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.Load.Measuring;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CartoPlatform.Load.Cache;

/// <summary>
/// What it costs writers that their database is watched: pgbench's own transactions (TPC-B like) by 16 clients on a server of its own, with
/// the log polled by the platform's own poller, against the same database with nothing of ours in it. On a server that keeps its data, and on one
/// that does not wait for its disk, where every microsecond of the processor shows.
/// </summary>
internal static partial class WatchLoad
{
    private const int Rounds = 4;
    private const int Seconds = 6;

    // More branches than clients, or they wait for each other and for nothing else.
    private const int Scale = 24;

    // How statements are sent: "simple" is what pgbench does if nobody says otherwise, "prepared" leaves the server the least to do.
    private static readonly string[] Protocols = ["simple", "prepared"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        Report.Heading("pgbench, 16 clients");
        Report.Columns("server", "statements", "unwatched /s", "watched /s", "ratio", "ratio of each round");
        foreach (var isDurable in (bool[])[true, false])
        {
            var folder = TestFolder.Create();
            var cluster = await EmbeddedCluster.StartAsync(
                new ClusterOptions { DataFolder = folder, IsDurable = isDurable }, new Progress<string>(), TimeProvider.System, CancellationToken.None);
            try
            {
                await PgbenchAsync(cluster.Connections, "-i", "-q", "-s", $"{Scale}");
                foreach (var protocol in Protocols) await CompareAsync(isDurable ? "durable" : "not durable", protocol, cluster.Connections);
            }
            finally
            {
                await cluster.StopAsync(CancellationToken.None);
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task CompareAsync(string name, string protocol, ClusterConnections connections)
    {
        string[] arguments = ["-n", "-M", protocol, "-c", "16", "-j", "2", "-T", $"{Seconds}"];
        await using var admin = NpgsqlDataSource.Create(connections.Admin(PlatformLogins.DataDatabase) + ";Pooling=false");
        await PgbenchAsync(connections, arguments); // the first run after the loading is slower, whoever has it
        List<double> watched = [], unwatched = [];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var isWatched in round % 2 == 0 ? (bool[])[true, false] : [false, true])
            {
                if (isWatched) await ChangeDetection.EnsureAsync(admin, CancellationToken.None);
                else await ChangeDetection.RemoveAsync(admin, CancellationToken.None);
                foreach (var statement in (string[])["VACUUM pgbench_branches", "VACUUM pgbench_tellers", "CHECKPOINT"]) await admin.ExecuteAsync(statement);
                await using var poller = isWatched ? new ChangePoller(Connection(connections), ServerAddresses.AsWritten, TimeProvider.System, NullLogger.Instance) : null;
                (isWatched ? watched : unwatched).Add(await PgbenchAsync(connections, arguments));
            }
        }

        var ratios = watched.Zip(unwatched, (with, without) => with / without).ToList();
        Report.Row(
            name, protocol, Report.Number(Median(unwatched)), Report.Number(Median(watched)), Text(Median(ratios)), string.Join(' ', ratios.Select(Text)));
    }

    private static ConnectionRecord Connection(ClusterConnections connections) =>
        new() { Id = Guid.NewGuid(), Name = "pgbench", ProviderId = "postgres", Revision = 1, ReaderConnectionString = connections.Reader };

    private static async Task<double> PgbenchAsync(ClusterConnections connections, params string[] arguments)
    {
        var owner = new NpgsqlConnectionStringBuilder(connections.Owner);
        var result = await Command.RunAsync(
            "pgbench", ["-h", owner.Host!, "-p", $"{owner.Port}", "-U", owner.Username!, .. arguments, owner.Database!], Limit,
            new Dictionary<string, string> { ["PGPASSWORD"] = owner.Password! });
        if (result.ExitCode != 0) throw new InvalidOperationException(result.ToString());
        var found = TransactionsLine().Match(result.Output);
        return found.Success ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static double Median(IEnumerable<double> numbers) => numbers.Order().ElementAt(numbers.Count() / 2);

    private static string Text(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex TransactionsLine();
}
