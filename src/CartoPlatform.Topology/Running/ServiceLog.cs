namespace CartoPlatform.Topology.Running;

/// <summary>
/// The output of one service in a file that cannot fill the disk: at 8 MB it becomes <c>.1</c>, and the old <c>.1</c> goes.
/// </summary>
internal sealed class ServiceLog(string path) : IDisposable
{
    private const long LimitBytes = 8 * 1024 * 1024;
    private const int TailLines = 40;

    /// <summary>Stands before the sentence that a service ends with (StartPhase in ServiceDefaults).</summary>
    private const string Mark = "carto: ";

    /// <summary>Begins each line of a stack trace, and each part where a logger writes it in one line.</summary>
    private const string Frame = "   at ";

    private readonly Lock _lock = new();
    private readonly Queue<string> _tail = new();

    private StreamWriter? _writer;

    public string Path => path;

    /// <summary>What tells best why a process ended: its own sentence, its exception, or the last thing it said.</summary>
    public string? Reason
    {
        get
        {
            lock (_lock)
            {
                var lines = _tail.Where(line => !line.StartsWith(Frame, StringComparison.Ordinal)).ToArray();
                var reason = lines.LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..]
                    ?? lines.LastOrDefault(line => line.Contains("Exception", StringComparison.Ordinal))
                    ?? lines.LastOrDefault();
                return reason?.Split(Frame)[0].Trim().TrimEnd('.');
            }
        }
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
                _tail.Dequeue();

            try
            {
                Append(line);
            }
            catch (IOException)
            {
                // A full disk costs log lines, not the service. The next line tries again with a new file handle.
                _writer = null;
            }
        }
    }

    public void Forget()
    {
        lock (_lock)
            _tail.Clear();
    }

    public void Dispose()
    {
        lock (_lock)
            _writer?.Dispose();
    }

    private void Append(string line)
    {
        if (_writer?.BaseStream.Length > LimitBytes)
        {
            _writer.Dispose();
            _writer = null;
            File.Move(path, path + ".1", overwrite: true);
        }

        _writer ??= new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
        _writer.WriteLine(line);
    }
}
