using CartoPlatform.Cli.Terminal;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Passes the lines of a growing file on, errors to standard error.</summary>
internal sealed class LogFollower(string path) : IAsyncDisposable
{
    private StreamReader? _reader;
    private string _unfinished = "";

    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (_reader is null && !File.Exists(path))
            return;

        _reader ??= new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var lines = (_unfinished + await _reader.ReadToEndAsync(cancellationToken)).Split('\n');
        _unfinished = lines[^1];
        foreach (var line in lines[..^1])
        {
            var output = line.StartsWith(Errors.Mark, StringComparison.Ordinal) ? Console.Error : Console.Out;
            await output.WriteLineAsync(line);
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        return ValueTask.CompletedTask;
    }
}
