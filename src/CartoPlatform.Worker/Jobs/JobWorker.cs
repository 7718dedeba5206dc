using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// Takes jobs from the queue and runs a few at a time. With each look at the queue it renews its claims and learns which of its jobs
/// are to end: cancelling asks nothing of the process that was asked for it.
/// </summary>
internal sealed class JobWorker(JobQueue queue, JobRunner runner, JobTelemetry telemetry, IOptions<JobOptions> options, TimeProvider time)
    : BackgroundService
{
    // By claim. Used by the loop alone.
    private readonly Dictionary<Guid, RunningJob> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.PollInterval, time);
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            // They end with the token, and put their jobs back.
            await Task.WhenAll(_running.Values.Select(job => job.Task));
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RenewAsync(stoppingToken);
            while (_running.Count < options.Value.MaxConcurrent && await queue.ClaimAsync(stoppingToken) is { } job) Begin(job, stoppingToken);
            telemetry.QueueAnswered();
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            telemetry.QueueFailed(exception);
        }
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        foreach (var (lease, job) in _running.Where(entry => entry.Value.Task.IsCompleted).ToList())
        {
            _running.Remove(lease);
            job.Cancellation.Dispose();
        }

        if (_running.Count == 0) return;
        var claims = await queue.RenewAsync([.. _running.Keys], stoppingToken);
        foreach (var (lease, job) in _running)
        {
            var isOurs = claims.TryGetValue(lease, out var isToEnd);
            if (!isOurs || isToEnd) await job.Cancellation.CancelAsync();
        }
    }

    private void Begin(ClaimedJob job, CancellationToken stoppingToken)
    {
        var cancellation = new CancellationTokenSource();
        _running[job.Lease] = new RunningJob(RunAsync(job, cancellation.Token, stoppingToken), cancellation);
    }

    private async Task RunAsync(ClaimedJob job, CancellationToken cancelled, CancellationToken stoppingToken)
    {
        var outcome = JobOutcome.Lost;
        try
        {
            outcome = await runner.RunAsync(job, cancelled, stoppingToken);
        }
        catch (Exception exception)
        {
            telemetry.LogBug(exception, job.Id);
        }

        telemetry.Ended(job, outcome);
        try
        {
            // Also when this process stops.
            await queue.SettleAsync(job, outcome, CancellationToken.None);
        }
        catch (WorkspaceUnavailableException exception)
        {
            // Its claim will run out, and the data database be asked.
            telemetry.LogUnsettled(job.Id, exception.Message);
        }
    }

    private sealed record RunningJob(Task Task, CancellationTokenSource Cancellation);
}
