namespace CartoPlatform.Cli;

/// <summary>What a command says to scripts (design of the command line: fixed).</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int WrongUsage = 2;

    /// <summary>Of <c>status</c> alone.</summary>
    public const int NotRunning = 3;
}
