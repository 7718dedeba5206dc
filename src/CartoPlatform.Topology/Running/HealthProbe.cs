using System.Net.Sockets;

namespace CartoPlatform.Topology.Running;

/// <summary>Asks services whether they can work.</summary>
internal sealed class HealthProbe(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A proxy of the environment must not come between processes of one machine.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public async Task WaitUntilReadyAsync(ServiceInstance instance, CancellationToken cancellationToken)
    {
        var address = new Uri(instance.Url, instance.Health.ReadyPath);
        var start = time.GetTimestamp();
        var answer = "nothing";
        while (time.GetElapsedTime(start) < instance.Health.StartLimit)
        {
            try
            {
                if (await AskAsync(instance, address, cancellationToken) is not { } unfit)
                    return;

                answer = unfit;
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                answer = "nothing";
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        throw new ServiceException($"{instance.Name} was not ready within {instance.Health.StartLimit.TotalSeconds:F0} s, {address} answered {answer} (see {instance.LogFile}).");
    }

    /// <summary>Null from one that can work; otherwise what it says.</summary>
    private async Task<string?> AskAsync(ServiceInstance instance, Uri address, CancellationToken cancellationToken)
    {
        if (!instance.IsService)
            return await PingAsync(instance.Url, cancellationToken);

        using var response = await _client.GetAsync(address, cancellationToken);
        return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}";
    }

    /// <summary>Redis' PING. One that wants a password before it answers is ready too.</summary>
    private static async Task<string?> PingAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(cancellationToken);
        return line is "+PONG" || line?.StartsWith("-NOAUTH", StringComparison.Ordinal) is true ? null : line ?? "nothing";
    }

    public void Dispose() => _client.Dispose();
}
