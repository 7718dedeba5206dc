namespace CartoPlatform.Topology.Running;

/// <summary>Asks services whether they can work.</summary>
internal sealed class HealthProbe(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A proxy of the environment must not come between processes of one machine.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public async Task WaitUntilReadyAsync(ServiceInstance instance, CancellationToken cancellationToken)
    {
        var address = new Uri(instance.Url, instance.Spec.Health.ReadyPath);
        var start = time.GetTimestamp();
        var answer = "nothing";
        while (time.GetElapsedTime(start) < instance.Spec.Health.StartLimit)
        {
            try
            {
                using var response = await _client.GetAsync(address, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return;

                answer = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}";
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                answer = "nothing";
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        throw new ServiceException($"{instance.Name} was not ready within {instance.Spec.Health.StartLimit.TotalSeconds:F0} s, {address} answered {answer} (see {instance.LogFile}).");
    }

    public void Dispose() => _client.Dispose();
}
