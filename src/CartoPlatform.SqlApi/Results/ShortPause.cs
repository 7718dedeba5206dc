namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// Pauses of a millisecond. Those of .NET's timers take up to four more: they go by a clock that moves with the kernel's tick. One thread
/// sleeps for all who pause, and none of the pool's does.
/// </summary>
internal sealed class ShortPause : IDisposable
{
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _isWanted = new(initialState: false);
    private readonly ManualResetEvent _isDisposed = new(initialState: false);
    private TaskCompletionSource? _end;
    private Thread? _thread;

    /// <summary>Ends after a millisecond, or less where somebody else has been pausing.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_end is not null) return _end.Task;
            _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Short pauses" };
                _thread.Start();
            }

            _isWanted.Set();
            return _end.Task;
        }
    }

    public void Dispose()
    {
        _isDisposed.Set();
        _thread?.Join();
        End();
        _isWanted.Dispose();
        _isDisposed.Dispose();
    }

    private void Run()
    {
        while (WaitHandle.WaitAny([_isWanted, _isDisposed]) == 0)
        {
            _isDisposed.WaitOne(Length);
            End();
        }
    }

    private void End()
    {
        TaskCompletionSource? end;
        lock (_gate) (end, _end) = (_end, null);
        end?.SetResult();
    }
}
