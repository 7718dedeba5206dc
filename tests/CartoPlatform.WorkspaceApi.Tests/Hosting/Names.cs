using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>A resolver whose names lead where a test says, from one moment to the next.</summary>
internal sealed class Names
{
    private readonly ConcurrentDictionary<string, Func<string[]>> _names = new();

    public string[] this[string host]
    {
        set => _names[host] = () => value;
    }

    /// <summary>Another answer each time, from the first again after the last.</summary>
    public void Alternate(string host, params string[] addresses)
    {
        var turn = -1;
        _names[host] = () => [addresses[Interlocked.Increment(ref turn) % addresses.Length]];
    }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => _names.TryGetValue(host, out var find)
        ? Task.FromResult(Array.ConvertAll(find(), IPAddress.Parse))
        : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
