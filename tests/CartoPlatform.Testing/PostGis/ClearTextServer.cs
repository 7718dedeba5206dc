using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CartoPlatform.Testing.PostGis;

/// <summary>
/// Speaks PostgreSQL, without encryption, as far as the demand for a password in clear text (AuthenticationCleartextPassword): what one that
/// somebody has put in another's place would ask for.
/// </summary>
public sealed class ClearTextServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly StringBuilder _heard = new();
    private readonly Task _serving;
    private int _sessions;

    public ClearTextServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many sessions have been asked for a password.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Ends it: all that came after the demand.</summary>
    public async Task<string> HearAsync()
    {
        await _end.CancelAsync();
        await _serving;
        return _heard.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await HearAsync();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await TalkAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        var head = new byte[8];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, _end.Token) == head.Length)
        {
            // A request for encryption, which there is none of; else the start of a session.
            if (BinaryPrimitives.ReadInt32BigEndian(head) == head.Length)
            {
                await stream.WriteAsync("N"u8.ToArray(), _end.Token);
                continue;
            }

            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) - head.Length], _end.Token);
            await stream.WriteAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 3 }, _end.Token);
            Interlocked.Increment(ref _sessions);
            using var answer = new MemoryStream();
            try
            {
                await stream.CopyToAsync(answer, _end.Token);
            }
            finally
            {
                _heard.Append(Encoding.Latin1.GetString(answer.ToArray()));
            }

            return;
        }
    }
}
