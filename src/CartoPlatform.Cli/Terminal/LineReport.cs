namespace CartoPlatform.Cli.Terminal;

/// <summary>Sentences to standard output in the order they are reported, which <see cref="Progress{T}"/> does not promise.</summary>
internal sealed class LineReport : IProgress<string>
{
    private readonly Lock _lock = new();

    public void Report(string value)
    {
        lock (_lock)
            Console.Out.WriteLine(value);
    }
}
