using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

/// <summary>Commands whose place is fixed and whose work comes with an issue of its own.</summary>
internal static class LaterCommands
{
    public static Command Backup() => Create("backup", "Save platform state and embedded data (not built yet).", "Backups cannot be made yet, that comes with its own issue: stop the platform with ./carto down and copy its data folder.");

    public static Command Restore() => Create("restore", "Bring a backup back (not built yet).", "Backups cannot be restored yet, that comes with its own issue: stop the platform with ./carto down and put a copy of its data folder back.");

    private static Command Create(string name, string description, string answer)
    {
        var command = new Command(name, description) { new Argument<string[]>("ARGS") { Arity = ArgumentArity.ZeroOrMore, Hidden = true } };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(int (_) => throw new CommandException(answer));
        return command;
    }
}
