using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceClient;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>Lets old calls go.</summary>
internal sealed partial class ActivityRetention(
    ActivityPartitions partitions, MetadataDatabase database, IOptions<ActivityKeeping> keeping, TimeProvider time, ILogger<ActivityRetention> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var first = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-keeping.Value.RetentionDays);
        if (await partitions.DropBeforeAsync(first, cancellationToken) is > 0 and var dropped) LogDropped(dropped, first);
        await database.AskAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM platform.activity_batches WHERE at < now() - interval '1 day'", cancellationToken: cancellationToken)),
            cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is WorkspaceUnavailableException or NpgsqlException)
                {
                    LogFailure(exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(5301, LogLevel.Information, "{Days} days of activity before {First} have ended")]
    private partial void LogDropped(int days, DateOnly first);

    [LoggerMessage(5302, LogLevel.Warning, "Old activity stays for now: {Reason}")]
    private partial void LogFailure(string reason);
}
