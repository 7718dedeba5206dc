using System.CommandLine;
using CartoPlatform.Cli.Backups;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Supervision;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.Topology;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto move --to …</c>: from Standard to Tier 1, the embedded database to a server of its own.</summary>
internal static class MoveCommand
{
    private const string Description =
        "Move the embedded database to a PostgreSQL server of its own: data, roles, accounts, tokens and maps. A running platform is stopped for it and started again as tier1 on the new server. The old database stays in the data folder, unused.";

    public static Command Create()
    {
        var to = new Option<string>("--to")
        {
            Description = "A superuser on the new server: \"Host=db.example.org;Port=5432;Username=postgres;Password=…;SSL Mode=Require\". PGPASSWORD stands in for a missing password.",
            HelpName = "STRING",
            Required = true,
        };
        var data = CommonOptions.Data();
        var command = new Command("move", Description) { to, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Read(parsed.GetRequiredValue(to)), PlatformSettings.Read(parsed.GetValue(data)), TimeProvider.System, cancellationToken));
        return command;
    }

    private static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            var read = new NpgsqlConnectionStringBuilder(text);
            if (read.Host is not { Length: > 0 } host || read.Username is not { Length: > 0 }) throw new ArgumentException(null, nameof(text));
            if (host.Contains(',', StringComparison.Ordinal)) throw new CommandException("--to names several servers: name the primary.", ExitCodes.WrongUsage);
            if (read.Password is null && Environment.GetEnvironmentVariable("PGPASSWORD") is { Length: > 0 } password) read.Password = password;
            return read;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new CommandException("--to is no connection string of a server: \"Host=…;Port=…;Username=…;Password=…\".", ExitCodes.WrongUsage);
        }
    }

    private static async Task<int> RunAsync(NpgsqlConnectionStringBuilder to, PlatformSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var data = settings.Data;
        if (!data.HasPlatform) throw new CommandException($"There is no platform in {data.Path}.");
        if (ExternalDatabase.Describe(data) is { } already) throw new CommandException($"The database of {data.Path} is at {already} already.");

        await using var move = new DatabaseMove(data, to);
        await move.CheckAsync(cancellationToken);
        var running = PlatformLock.Holder(data) is null ? null : RunFile.Read(data);
        if (PlatformLock.Holder(data) is not null) await DownCommand.StopAsync(data, time, cancellationToken);
        try
        {
            await MoveAsync(move, data, time, cancellationToken);
        }
        finally
        {
            // Also when it failed: then it runs on with what it had.
            if (running is not null) await DetachedSupervisor.StartAgainAsync(settings, running, TopologyAfter(running, data), time);
        }

        Console.WriteLine($"The database is at {ExternalDatabase.Describe(data)} now.{(running is null ? " Start the platform with ./carto up --topology tier1." : "")} What it was before stays in {data.Path}, unused, until you remove it.");
        return ExitCodes.Success;
    }

    private static async Task MoveAsync(DatabaseMove move, DataFolder data, TimeProvider time, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory(Path.Combine(data.Path, $".move-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await using var source = await OpenedDatabase.StartAsync(data, new LineReport(), time, cancellationToken);
            await move.RunAsync(source, work.FullName, cancellationToken);
            ExternalDatabase.Choose(data, move.Server);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static TopologySpec TopologyAfter(RunRecord before, DataFolder data) =>
        ExternalDatabase.Find(data) is not null && before.Topology == Topologies.Standard.Name
            ? Topologies.Tier1
            : Topologies.Find(before.Topology) ?? Topologies.Standard;
}
