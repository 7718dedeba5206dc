using System.Net;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>PostGIS in a container, for machines without PostgreSQL of their own. Its data are in a named volume.</summary>
internal sealed class ContainerStart(ClusterOptions options, Login admin, IProgress<string> report, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PortLimit = TimeSpan.FromSeconds(5);

    /// <summary>Recovery after a crash replays the log since the last checkpoint, on a slow disk for minutes.</summary>
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(10);

    /// <summary>Adopts a container that runs, or makes one; the first time the engine fetches the image.</summary>
    public async Task<ContainerServer> RunAsync(CancellationToken cancellationToken)
    {
        var mark = ContainerMark.Read(options.DataFolder) ?? ContainerMark.New(options.ContainerImage, FreePort.Find());
        if (!await ContainerEngine.AnswersAsync(time, cancellationToken))
            throw new ClusterException($"The database of {options.DataFolder} is in container {mark.Name}, and no container engine answers: start it (systemctl start docker).");

        if (await ContainerServer.FindAsync(mark, cancellationToken) is null)
            mark = await MakeAsync(mark, cancellationToken);

        await WaitUntilReadyAsync(mark, cancellationToken);
        if (!mark.IsComplete)
            (mark with { IsComplete = true }).Write(options.DataFolder);
        // Asked again: while it made the database, its process was another one.
        return await ContainerServer.FindAsync(mark, cancellationToken) ?? throw await ExplainAsync(mark, cancellationToken);
    }

    private async Task<ContainerMark> MakeAsync(ContainerMark wanted, CancellationToken cancellationToken)
    {
        await RequireImageAsync(wanted.Image, cancellationToken);
        var mark = await FreePort.WaitAsync(IPAddress.Loopback, wanted.Port, PortLimit, time, cancellationToken) ? wanted : wanted with { Port = FreePort.Find() };
        if (mark.Port != wanted.Port)
            report.Report($"Port {wanted.Port} is in use by another program: the database takes {mark.Port}.");

        // A stopped one has the settings of its last start; the volume has the data.
        await ContainerEngine.RunAsync(["rm", "--force", mark.Name], cancellationToken);
        if (!mark.IsComplete)
            await ContainerEngine.RunAsync(["volume", "rm", mark.Name], cancellationToken);
        mark.Write(options.DataFolder);
        report.Report($"Starting the database in container {mark.Name} of {mark.Image}.");
        await ContainerEngine.RequireAsync(ContainerCommand.Arguments(mark, options, admin), cancellationToken, ContainerCommand.Variables(admin));
        return mark;
    }

    private async Task RequireImageAsync(string image, CancellationToken cancellationToken)
    {
        if (await ContainerEngine.HasImageAsync(image, cancellationToken))
            return;

        report.Report($"Fetching {image} for the database: this machine has no PostgreSQL with PostGIS of its own.");
        await ContainerEngine.RequireAsync(["pull", "--quiet", image], cancellationToken);
    }

    /// <summary>While it makes the database, the image's server listens on a socket only: an answer over TCP is the final one.</summary>
    private async Task WaitUntilReadyAsync(ContainerMark mark, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = ClusterConnections.Host,
            Port = mark.Port,
            Database = "postgres",
            Username = admin.Name,
            Password = admin.Password,
            Pooling = false,
        }.ConnectionString;
        var start = time.GetTimestamp();
        while (!await AnswersAsync(connection, cancellationToken))
        {
            if (await ContainerServer.FindAsync(mark, cancellationToken) is null)
                throw await ExplainAsync(mark, cancellationToken);
            if (time.GetElapsedTime(start) > ReadyLimit)
                throw new ClusterException($"The database in container {mark.Name} was not ready within {ReadyLimit.TotalMinutes:F0} minutes: see docker logs {mark.Name}.");

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException exception)
        {
            // A wrong password is an answer too: who sets the database up next explains it.
            return exception.SqlState == PostgresErrorCodes.InvalidPassword;
        }
    }

    private async Task<ClusterException> ExplainAsync(ContainerMark mark, CancellationToken cancellationToken)
    {
        var logs = await ContainerEngine.RunAsync(["logs", "--tail", "50", mark.Name], cancellationToken);
        return new ClusterException(ServerLog.Explain(logs.Output + logs.Error, $"The database in container {mark.Name} ended", options.DataFolder));
    }
}
