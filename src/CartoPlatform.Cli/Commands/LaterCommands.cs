using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

/// <summary>Commands whose place is fixed and whose work comes with an issue of its own.</summary>
internal static class LaterCommands
{
    public static Command Token() => Create("token", "API access tokens: create, list, revoke (not built yet).", "Tokens cannot be managed yet, that comes with its own issue: the owner's token is in ./carto status --json.");

    private static Command Create(string name, string description, string answer)
    {
        var command = new Command(name, description) { new Argument<string[]>("ARGS") { Arity = ArgumentArity.ZeroOrMore, Hidden = true } };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(int (_) => throw new CommandException(answer));
        return command;
    }
}
