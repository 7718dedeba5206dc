using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Worker.Jobs;

/// <summary>How the Worker runs SQL jobs.</summary>
public sealed class JobOptions
{
    public const string Section = "Jobs";

    /// <summary>Jobs that this process runs at a time, each on a connection of its own. 0 leaves them to other workers.</summary>
    [Range(0, 100)]
    public int MaxConcurrent { get; set; } = 2;

    /// <summary>How often the queue is looked at: for new jobs, and for those to be cancelled.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>A worker that has not been heard of for so long has lost its jobs. Renewed with every look at the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a job may run; null is without limit. Timers end at some 49 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "40.00:00:00")]
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>How often a job is begun that loses its worker or its database on the way, before it has failed.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long a job is kept after its end.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
