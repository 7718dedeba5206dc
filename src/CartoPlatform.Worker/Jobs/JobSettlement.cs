using Dapper;

namespace CartoPlatform.Worker.Jobs;

/// <summary>How an outcome is written into a job's row.</summary>
internal static class JobSettlement
{
    private const string Sql = """
        UPDATE platform.jobs
        SET status = @Status,
            error = @Error,
            error_position = @Character,
            error_line = @Line,
            error_column = @Column,
            rows_affected = @RowsAffected,
            attempts = attempts - @uncounted,
            not_before = now() + @Delay,
            started_at = CASE WHEN @Status <> 'pending' THEN started_at END,
            finished_at = CASE WHEN @Status NOT IN ('pending', 'running') THEN now() END,
            parameters = CASE WHEN @Status IN ('pending', 'running') THEN parameters END,
            lease = NULL,
            lease_until = CASE WHEN @Status = 'running' THEN now() + @Delay END
        WHERE id = @id AND lease IS NOT DISTINCT FROM @lease AND status = 'running'
        """;

    /// <param name="id">Of the job.</param>
    /// <param name="lease">The claim that must stand there.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="cancellationToken">To give up.</param>
    public static CommandDefinition Command(Guid id, Guid? lease, JobOutcome outcome, CancellationToken cancellationToken) => new(
        Sql,
        new { id, lease, outcome.Status, outcome.Error, outcome.Place?.Character, outcome.Place?.Line, outcome.Place?.Column, outcome.RowsAffected, outcome.Delay, uncounted = outcome.Counts ? 0 : 1 },
        cancellationToken: cancellationToken);
}
