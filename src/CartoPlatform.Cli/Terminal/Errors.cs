namespace CartoPlatform.Cli.Terminal;

/// <summary>Errors of commands: one sentence on standard error, marked so that it can be found in a log.</summary>
internal static class Errors
{
    public const string Mark = "carto: ";

    public static async Task WriteAsync(string sentence)
    {
        try
        {
            await Console.Error.WriteLineAsync(Mark + sentence.ReplaceLineEndings(" ").Trim());
        }
        catch (IOException)
        {
            // The terminal has been closed: the exit code still tells.
        }
    }
}
