using CartoPlatform.ServiceDefaults.Draining;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.ServiceDefaults.Hosting;

/// <summary>
/// Stops the service when the supervisor that started it is gone: it holds the other end of our standard input, and the kernel
/// closes that however it ends, kill -9 included.
/// </summary>
internal sealed class SupervisorWatch(IHostApplicationLifetime lifetime, Drain drain) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var input = Console.OpenStandardInput();
        await using (input)
        {
            var buffer = new byte[64];
            while (await input.ReadAsync(buffer, stoppingToken) > 0)
            {
            }
        }

        drain.Skip();
        lifetime.StopApplication();
    }
}
