using System.Net;
using System.Net.Sockets;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>A place where nothing must ever be dialled: whoever does stays in its queue.</summary>
internal sealed class Trap : IAsyncDisposable
{
    private readonly TcpListener _listener;

    private Trap(TcpListener listener) => _listener = listener;

    public static Trap Set(string address, int port)
    {
        var listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();
        return new Trap(listener);
    }

    public bool HasCaught => _listener.Pending();

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
