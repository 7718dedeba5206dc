using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Binaries;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

/// <summary>psql on the embedded database. Its arguments are passed on untouched, so they are not parsed as ours.</summary>
internal static class PsqlCommand
{
    public const string Name = "psql";

    /// <summary>Stands in the list of commands, and for its help; <see cref="RunAsync"/> does the work.</summary>
    public static Command Create() => new(Name, "Open psql on the platform's database as its owner; all arguments and standard input are psql's ('./carto psql -c \"select 1\"').")
    {
        CommonOptions.Data(),
        new Argument<string[]>("ARGS") { Description = "Arguments of psql.", Arity = ArgumentArity.ZeroOrMore },
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        // In front of psql's own, which has no option of this name.
        string? data = null;
        if (arguments is ["--data", var folder, .. var rest])
            (data, arguments) = (folder, rest);

        var connection = new NpgsqlConnectionStringBuilder(RunningDatabase.Find(PlatformSettings.ReadData(data)).Owner);
        var start = new ProcessStartInfo(await FindPsqlAsync(CancellationToken.None), arguments);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGDATABASE"] = connection.Database;
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;

        // Ctrl-C belongs to psql, which stops a query by it.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var process = Process.Start(start) ?? throw new CommandException("psql could not be started.");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task<string> FindPsqlAsync(CancellationToken cancellationToken)
    {
        var installed = (await PostgresInstallations.FindAsync(cancellationToken)).Select(found => found.Tool(Name));
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, Name));
        return installed.Concat(inPath).FirstOrDefault(File.Exists)
            ?? throw new CommandException("psql is not installed: install it (Debian, Ubuntu: apt-get install postgresql-client).");
    }
}
