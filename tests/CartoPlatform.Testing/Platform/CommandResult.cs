namespace CartoPlatform.Testing.Platform;

/// <summary>What a program left behind when it ended.</summary>
public sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Everything that explains a failure.</summary>
    public override string ToString() => $"{Command} ended with {ExitCode}\n{Output}\n{Error}";
}
