using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

/// <summary>psql on the embedded database. Its arguments are passed on untouched, so they are not parsed as ours.</summary>
internal static class PsqlCommand
{
    public const string Name = "psql";

    private const string Admin = "--admin";

    /// <summary>Stands in the list of commands, and for its help; <see cref="RunAsync"/> does the work.</summary>
    public static Command Create() => new(Name, "Open psql on the platform's database as its owner; all arguments and standard input are psql's ('./carto psql -c \"select 1\"').")
    {
        CommonOptions.Data(),
        new Option<bool>(Admin) { Description = "As the server's administrator, who may make roles and extensions." },
        new Argument<string[]>("ARGS") { Description = "Arguments of psql.", Arity = ArgumentArity.ZeroOrMore },
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        // In front of psql's own, which has no options of these names.
        string? data = null;
        var isAdmin = false;
        while (true)
        {
            if (arguments is ["--data", var folder, .. var others]) (data, arguments) = (folder, others);
            else if (arguments is [Admin, .. var rest]) (isAdmin, arguments) = (true, rest);
            else break;
        }

        var start = await PrepareAsync(PlatformSettings.ReadData(data), isAdmin, arguments, CancellationToken.None);
        // Ctrl-C belongs to psql, which stops a query by it.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var process = Process.Start(start) ?? throw new CommandException("psql could not be started.");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>This machine's own psql, or else that of the container which the database is in.</summary>
    private static async Task<ProcessStartInfo> PrepareAsync(DataFolder data, bool isAdmin, string[] arguments, CancellationToken cancellationToken)
    {
        var database = RunningDatabase.Find(data);
        var connection = new NpgsqlConnectionStringBuilder(isAdmin ? database.Admin(PlatformLogins.DataDatabase) : database.Owner);
        if (await FindPsqlAsync(cancellationToken) is { } own)
            return With(connection, new ProcessStartInfo(own, arguments));

        var container = (ExternalDatabase.Find(data) is null ? EmbeddedCluster.ContainerOf(data.Path) : null)
            ?? throw new CommandException("psql is not installed: install it (Debian, Ubuntu: apt-get install postgresql-client).");
        string[] terminal = Console.IsInputRedirected ? [] : ["--tty"];
        string[] variables = ["--env", "PGDATABASE", "--env", "PGUSER", "--env", "PGPASSWORD"];
        return With(connection, new ProcessStartInfo("docker", ["exec", "--interactive", .. terminal, .. variables, "--env", "PGHOST=127.0.0.1", container, Name, .. arguments]));
    }

    private static ProcessStartInfo With(NpgsqlConnectionStringBuilder connection, ProcessStartInfo start)
    {
        LibpqVariables.Set(start.Environment, connection);
        return start;
    }

    private static async Task<string?> FindPsqlAsync(CancellationToken cancellationToken)
    {
        var installed = (await PostgresInstallations.FindAsync(cancellationToken)).Select(found => found.Tool(Name));
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, Name));
        return installed.Concat(inPath).FirstOrDefault(File.Exists);
    }
}
