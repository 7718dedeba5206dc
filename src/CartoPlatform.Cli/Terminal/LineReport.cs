namespace CartoPlatform.Cli.Terminal;

/// <summary>
/// Sentences to standard output in the order they are reported, which <see cref="Progress{T}"/> does not promise. A terminal that has
/// been closed ends no platform.
/// </summary>
internal sealed class LineReport : IProgress<string>
{
    private readonly Lock _lock = new();

    public void Report(string value)
    {
        lock (_lock)
        {
            try
            {
                Console.Out.WriteLine(value);
            }
            catch (IOException)
            {
                // Nobody reads it any more.
            }
        }
    }
}
