using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CartoPlatform.Forwarding.Tests;

/// <summary>A server at the level of the protocol: it behaves in ways that a real one shows only when it dies.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, string?> _answer;
    private readonly SemaphoreSlim _refused = new(0);
    private readonly SemaphoreSlim _held = new(0);
    private TaskCompletionSource? _silence;
    private TaskCompletionSource? _gate;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="answer">
    /// Given head and body of a request, all bytes of the answer; null closes the connection before the first. It must not wait: a request
    /// that is there when its connection is accepted is answered before the next one is accepted (<see cref="Hold"/>).
    /// </param>
    public Backend(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Without those of probes.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Keeps its connections and takes new ones, and answers nothing from now on.</summary>
    public void FallSilent() => Volatile.Write(ref _silence, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>From now on requests wait for <see cref="LetGo"/>; probes are answered as before.</summary>
    public void Hold() => Volatile.Write(ref _gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void LetGo() => Volatile.Read(ref _gate)?.TrySetResult();

    /// <summary>Until a request, other than a probe, is there and gets no answer.</summary>
    public Task HeldAsync() => _held.WaitAsync(_end.Token);

    /// <summary>What probes are told.</summary>
    public int ReadyStatus { get; set; } = 200;

    /// <summary>Until so many probes were told something other than 200.</summary>
    public async Task RefusedAsync(int probes)
    {
        for (var probe = 0; probe < probes; probe++) await _refused.WaitAsync(_end.Token);
    }

    public static string Answer(string body, int status = 200) =>
        $"HTTP/1.1 {status} Status\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    /// <summary>An address that nobody listens on.</summary>
    public static string Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadAsync(stream, _end.Token);
            if (request.StartsWith("GET /health/ready", StringComparison.Ordinal))
            {
                if (Volatile.Read(ref _silence) is { } silence) await silence.Task.WaitAsync(_end.Token);
                var status = ReadyStatus;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer("{}", status)), _end.Token);
                if (status != 200) _refused.Release();
                return;
            }

            Interlocked.Increment(ref _requests);
            if ((Volatile.Read(ref _silence) ?? Volatile.Read(ref _gate)) is { } wait)
            {
                _held.Release();
                await wait.Task.WaitAsync(_end.Token);
            }

            if (_answer(request) is { } answer) await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _end.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var text = "";
        while (true)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && text.Length - end - 4 >= LengthIn(text)) return text;
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0) return text;
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }
    }

    private static int LengthIn(string head)
    {
        const string Name = "Content-Length: ";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? 0 : int.Parse(head[(start + Name.Length)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
