using Microsoft.Extensions.Options;

namespace CartoPlatform.Worker.Jobs;

/// <summary>Keeps the queue in order: settles jobs that were lost, and deletes those that have been kept long enough.</summary>
internal sealed class JobKeeper(LostJobs lost, JobQueue queue, JobTelemetry telemetry, IOptions<JobOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan DeletionInterval = TimeSpan.FromHours(1);

    private long? _deletedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        do await LookAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await lost.SettleNextAsync(stoppingToken))
            {
                // Until there is none.
            }

            if (_deletedAt is { } at && time.GetElapsedTime(at) < DeletionInterval) return;
            await queue.DeleteOldAsync(stoppingToken);
            _deletedAt = time.GetTimestamp();
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            telemetry.QueueFailed(exception);
        }
    }
}
