using System.Diagnostics.Metrics;

namespace CartoPlatform.Worker.Jobs;

/// <summary>What jobs leave in metrics and logs: never their text.</summary>
internal sealed partial class JobTelemetry(ILogger<JobTelemetry> logger)
{
    private static readonly Meter Meter = new("CartoPlatform.Worker");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("carto.jobs.attempts", "{attempt}", "Attempts at SQL jobs that have ended");

    private int _isOut;

    public void Ended(ClaimedJob job, JobOutcome outcome)
    {
        Attempts.Add(1, new KeyValuePair<string, object?>("carto.outcome", outcome.Status));
        LogEnded(job.Id, job.Attempts, outcome.Status);
    }

    /// <summary>A look at the queue has failed. One line when that begins, one when it ends.</summary>
    public void QueueFailed(Exception exception)
    {
        if (Interlocked.Exchange(ref _isOut, 1) == 0) LogQueueFailed(exception);
    }

    public void QueueAnswered()
    {
        if (Volatile.Read(ref _isOut) == 1 && Interlocked.Exchange(ref _isOut, 0) == 1) LogQueueAnswered();
    }

    [LoggerMessage(6001, LogLevel.Information, "Attempt {Attempt} at job {JobId} has ended: {Status}")]
    private partial void LogEnded(Guid jobId, int attempt, string status);

    [LoggerMessage(6002, LogLevel.Error, "The queue of jobs cannot be worked on")]
    private partial void LogQueueFailed(Exception exception);

    [LoggerMessage(6003, LogLevel.Information, "The queue of jobs can be worked on again")]
    private partial void LogQueueAnswered();

    [LoggerMessage(6004, LogLevel.Error, "Job {JobId} met a bug of the Worker")]
    public partial void LogBug(Exception exception, Guid jobId);

    [LoggerMessage(6005, LogLevel.Warning, "What became of job {JobId} could not be written down: {Reason}")]
    public partial void LogUnsettled(Guid jobId, string reason);
}
