using System.CommandLine;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto watch</c> and <c>unwatch</c>: change detection on a connection's database, installed and taken away.</summary>
internal static class WatchCommand
{
    public static Command Watch() => Create(
        "watch",
        "Have a database tell what changes, so that kept answers live until then: installs triggers and a log in the schema carto. Again is no harm.",
        async (admin, cancellationToken) => await ChangeDetection.EnsureAsync(admin, cancellationToken)
            ? "is watched: every table, those to come included"
            : throw new CommandException("The schema carto of that database belongs to somebody else: rename it first."));

    public static Command Unwatch() => Create(
        "unwatch",
        "Take away again what watch has installed; answers then live as long as is published for the warehouse.",
        async (admin, cancellationToken) =>
        {
            await ChangeDetection.RemoveAsync(admin, cancellationToken);
            return "is not watched any more";
        });

    private static Command Create(string name, string description, Func<NpgsqlDataSource, CancellationToken, Task<string>> work)
    {
        var connection = new Argument<string>("CONNECTION") { Description = "Name of the connection; carto_dw is the embedded database." };
        var admin = new Option<string?>("--admin")
        {
            Description = "Connection string of a superuser on its database (\"Host=…;Database=…;Username=…;Password=…\"); not needed for the embedded one.",
            HelpName = "STRING",
        };
        var data = CommonOptions.Data();
        var command = new Command(name, description) { connection, admin, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(connection), parsed.GetValue(admin), PlatformSettings.ReadData(parsed.GetValue(data)), work, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string connection, string? admin, DataFolder data, Func<NpgsqlDataSource, CancellationToken, Task<string>> work, CancellationToken cancellationToken)
    {
        if (admin is null && connection != PlatformLogins.DataDatabase)
            throw new CommandException($"Event triggers need a superuser: name one on the database of {connection} with --admin.", ExitCodes.WrongUsage);
        await using var source = Open(admin ?? RunningDatabase.Find(data).Admin(PlatformLogins.DataDatabase));
        await Console.Out.WriteLineAsync($"{connection} {await work(source, cancellationToken)}.");
        return ExitCodes.Success;
    }

    private static NpgsqlDataSource Open(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 });
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new CommandException("--admin is no connection string: \"Host=…;Database=…;Username=…;Password=…\".", ExitCodes.WrongUsage);
        }
    }
}
