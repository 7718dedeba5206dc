using System.Globalization;
using System.Net;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>PostGIS in a container, for machines without PostgreSQL of their own. Its data are in a named volume.</summary>
internal sealed record ContainerServer(string Name, int Port, ProcessIdentity? Process) : IDatabaseServer
{
    private const int InnerPort = 5432;
    private const string StopSeconds = "60";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    /// <summary>Where its process is out of sight, somebody at least holds its port.</summary>
    public bool IsAlive => Process?.IsAlive ?? !FreePort.IsFree(IPAddress.Loopback, Port);

    /// <summary>Adopts a container that runs, or starts one; the first time the engine fetches the image.</summary>
    public static async Task<ContainerServer> StartAsync(ClusterOptions options, Login admin, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var mark = ContainerMark.GetOrCreate(options.DataFolder, options.ContainerImage);
        if (await FindAsync(mark.Name, cancellationToken) is not { } server)
        {
            report.Report($"Starting the database in a container of {mark.Image}.");
            // A stopped one has the settings and the port of its last start; the volume has the data.
            await ContainerEngine.RunAsync(["rm", "--force", mark.Name], cancellationToken);
            await ContainerEngine.RequireAsync(RunArguments(mark, options, admin), cancellationToken);
            server = await FindAsync(mark.Name, cancellationToken) ?? throw await ExplainAsync(mark.Name, options.DataFolder, cancellationToken);
        }

        await server.WaitUntilReadyAsync(options, admin, time, cancellationToken);
        return server;
    }

    /// <summary>The running container of a data folder; null where there is none.</summary>
    public static Task<ContainerServer?> FindInAsync(string dataFolder, CancellationToken cancellationToken) =>
        ContainerMark.Read(dataFolder) is { } mark ? FindAsync(mark.Name, cancellationToken) : Task.FromResult<ContainerServer?>(null);

    public Task StopAsync(CancellationToken cancellationToken) =>
        ContainerEngine.RequireAsync(["stop", "--time", StopSeconds, Name], cancellationToken);

    public void BoundLog()
    {
        // The engine does: see the log options of RunArguments.
    }

    private static async Task<ContainerServer?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var inspected = await ContainerEngine.RunAsync(["inspect", "--format", "{{.State.Running}} {{.State.Pid}}", name], cancellationToken);
        if (inspected.ExitCode != 0 || inspected.Output.Trim().Split(' ') is not ["true", var id])
            return null;

        // "127.0.0.1:23281"
        var address = await ContainerEngine.RequireAsync(["port", name, $"{InnerPort}/tcp"], cancellationToken);
        var port = int.Parse(address.Split('\n')[0].Split(':')[^1], CultureInfo.InvariantCulture);
        return new ContainerServer(name, port, ProcessIdentity.Of(int.Parse(id, CultureInfo.InvariantCulture)));
    }

    private static List<string> RunArguments(ContainerMark mark, ClusterOptions options, Login admin)
    {
        List<string> arguments =
        [
            "run", "--detach", "--name", mark.Name,
            "--publish", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Find()}:{InnerPort}"),
            "--volume", $"{mark.Name}:/var/lib/postgresql/data",
            "--env", $"POSTGRES_USER={admin.Name}",
            "--env", $"POSTGRES_PASSWORD={admin.Password}",
            "--env", "POSTGRES_DB=postgres",
            "--env", "POSTGRES_INITDB_ARGS=--data-checksums --encoding=UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256",
            "--shm-size", "1g",
            "--log-opt", "max-size=16m", "--log-opt", "max-file=2",
            mark.Image,
            "-c", "shared_preload_libraries=pg_stat_statements",
        ];
        foreach (var (name, value) in ClusterConfiguration.Tuning(options))
            arguments.AddRange(["-c", $"{name}={value.Trim('\'')}"]);
        return arguments;
    }

    /// <summary>While it makes the database, the image's server listens on a socket only: an answer over TCP is the final one.</summary>
    private async Task WaitUntilReadyAsync(ClusterOptions options, Login admin, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = ClusterConnections.Host, Port = Port, Database = "postgres", Username = admin.Name, Password = admin.Password, Pooling = false,
        }.ConnectionString;
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < ReadyLimit)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(connection);
                await source.ExecuteAsync("SELECT 1", cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (exception.SqlState != PostgresErrorCodes.InvalidPassword)
            {
                if (await FindAsync(Name, cancellationToken) is null)
                    throw await ExplainAsync(Name, options.DataFolder, cancellationToken);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        throw new ClusterException($"The database in container {Name} was not ready within {ReadyLimit.TotalMinutes:F0} minutes: see docker logs {Name}.");
    }

    private static async Task<ClusterException> ExplainAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var logs = await ContainerEngine.RunAsync(["logs", "--tail", "50", name], cancellationToken);
        return new ClusterException(ServerLog.Explain(logs.Output + logs.Error, $"The database in container {name} ended", folder));
    }
}
