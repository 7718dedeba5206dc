namespace CartoPlatform.Cli;

/// <summary>A command cannot do what it was asked. The message is one sentence for the person at the keyboard.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    public int ExitCode => exitCode;
}
