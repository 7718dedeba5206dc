using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using CartoPlatform.Cli.Commands;
using CartoPlatform.Cli.Loading;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.EmbeddedPostGis;
using CartoPlatform.Tilesets;
using CartoPlatform.Topology.Running;
using Npgsql;

namespace CartoPlatform.Cli;

/// <summary>The <c>./carto</c> command: one line in, an exit code out.</summary>
public static class CartoCommand
{
    private const string Name = "./carto";
    private const string TraceVariable = "CARTO_TRACE";

    public static async Task<int> RunAsync(string[] args)
    {
        // Its arguments are psql's, down to those that look like ours.
        if (args is [PsqlCommand.Name, .. var psql] && psql is not ["--help"])
            return await GuardAsync(() => PsqlCommand.RunAsync(psql));

        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            // The last error is the closest: before it may stand that a command is missing, when a wrong one was given.
            await Errors.WriteAsync($"{parsed.Errors[^1].Message.TrimEnd('.')} (see {PathOf(parsed.CommandResult)} --help).");
            return ExitCodes.WrongUsage;
        }

        using var interruption = new Interruption();
        return await GuardAsync(() => parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            interruption.Token));
    }

    // Not a RootCommand: that one is called as its program file is, and people call this one.
    internal static Command Root() => new(Name, "CartoPlatform: CARTO's API on your own PostGIS.")
    {
        new HelpOption(),
        new VersionOption(),
        UpCommand.Create(),
        DownCommand.Create(),
        StatusCommand.Create(),
        PsqlCommand.Create(),
        LoadCommand.Create(),
        TilesetCommand.Create(),
        DoctorCommand.Create(),
        BenchCommand.Create(),
        CacheCommand.Create(),
        WatchCommand.Watch(),
        WatchCommand.Unwatch(),
        TokenCommand.Create(),
        ActivityCommand.Create(),
        OAuthCommand.Create(),
        DeployFilesCommand.Create(),
        RotateKeysCommand.Create(),
        UserCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        MoveCommand.Create(),
    };

    /// <summary>The whole of a sub-command, as it is typed.</summary>
    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    /// <summary>Turns what goes wrong into one sentence and an exit code: no user of a command ever sees a stack trace unasked.</summary>
    private static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (CommandException exception)
        {
            await Errors.WriteAsync(exception.Message);
            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await Errors.WriteAsync("Interrupted.");
        }
        catch (PostgresException exception)
        {
            await Errors.WriteAsync($"The database refused: {exception.MessageText.TrimEnd('.')}.");
        }
        catch (Exception exception) when (exception is LoadException or TilesetException or ClusterException or ServiceException or NpgsqlException or IOException or UnauthorizedAccessException)
        {
            await Errors.WriteAsync(Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } ? exception.ToString() : exception.Message);
        }
        catch (Exception exception) when (Environment.GetEnvironmentVariable(TraceVariable) is not { Length: > 0 })
        {
            await Errors.WriteAsync($"This is a bug in CartoPlatform: {exception.Message.TrimEnd('.')} (set {TraceVariable}=1 to see where).");
        }

        return ExitCodes.Failure;
    }
}
