using System.Diagnostics.Metrics;
using System.Threading.Channels;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Traffic.Limits;
using CartoPlatform.WorkspaceClient;
using CartoPlatform.WorkspaceClient.Activity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.Traffic.Activity;

/// <summary>
/// Takes down every call and hands them over in batches. Taking down never waits: when more comes than is handed over, single calls are
/// dropped and counted, and the sums of what callers use stay exact.
/// </summary>
public sealed partial class CallLog : BackgroundService
{
    // Under a load that lasts one line tells as much as sixty.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(3);
    private static readonly Meter Meter = new("CartoPlatform.Traffic");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("carto.activity.dropped", "{call}", "Calls of which only the sums were kept");

    private readonly UsageMeter _usage = new();
    private readonly Channel<Call> _calls;
    private readonly IActivityStore _store;
    private readonly MonthlyQuotas _quotas;
    private readonly ActivityOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CallLog> _logger;
    private ActivityBatch? _pending;
    private long _drops;
    private long _untold;
    private long _silentUntil = long.MinValue;
    private bool _isOut;

    internal CallLog(IActivityStore store, MonthlyQuotas quotas, ActivityOptions options, TimeProvider time, ILogger<CallLog> logger)
    {
        (_store, _quotas, _options, _time, _logger) = (store, quotas, options, time, logger);
        _calls = Channel.CreateBounded<Call>(
            new BoundedChannelOptions(options.MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _drops));
    }

    /// <summary>Takes down a call that the cache has answered in front of everything.</summary>
    /// <param name="token">Whose it was.</param>
    /// <param name="label">What was called.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="cache">What the cache did.</param>
    /// <param name="duration">Until its end.</param>
    /// <param name="rows">In the answer; null where they are not known.</param>
    /// <param name="bytes">Of the answer's body.</param>
    public void Add(TokenRecord token, CallLabel label, int status, string cache, TimeSpan duration, long? rows, long bytes) =>
        Add(new Call(_time.GetUtcNow() - duration, token, label, status, cache, duration, rows, bytes));

    internal void Add(in Call call)
    {
        _usage.Add(call);
        if (_options.Enabled) _calls.Writer.TryWrite(call);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await HandOverAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(LastLimit, _time);
            await HandOverAsync(limit.Token);
            await HandOverAsync(limit.Token);
        }
    }

    /// <summary>Hands over what has come, as much as an interval may hold.</summary>
    internal async Task HandOverAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Once each time: what is summed must have come to rest.
            var usage = _pending is null ? _usage.Take() : [];
            var room = Math.Max(1, (int)(_options.MaxPerSecond * _options.Interval.TotalSeconds));
            do
            {
                // One that could not be handed over comes again as it was: it may have arrived.
                _pending ??= Gather(Math.Min(room, ActivityBatch.MaxCalls), usage);
                usage = [];
                if (_pending.Calls.Count == 0 && _pending.Usage.Count == 0) break;
                room -= _pending.Calls.Count;
                _quotas.Learn((await _store.WriteAsync(_pending, cancellationToken)).Usage);
                _pending = null;
            }
            while (room > 0 && _calls.Reader.TryPeek(out _));

            if (_pending is { Calls.Count: 0, Usage.Count: 0 }) _pending = null;
            if (_isOut) LogBack();
            _isOut = false;
        }
        catch (WorkspaceUnavailableException exception)
        {
            if (!_isOut) LogOut(exception.Message);
            _isOut = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // A batch that cannot be written must not stop those after it.
            LogLost(exception, _pending?.Calls.Count ?? 0);
            _pending = null;
        }

        TellDrops();
    }

    private ActivityBatch Gather(int most, IReadOnlyList<UsageRecord> usage)
    {
        var calls = new List<ActivityRecord>();
        while (calls.Count < most && _calls.Reader.TryRead(out var call)) calls.Add(call.ToRecord());
        return new ActivityBatch(Guid.NewGuid(), calls, usage);
    }

    private void TellDrops()
    {
        var drops = Interlocked.Exchange(ref _drops, 0);
        if (drops > 0) Dropped.Add(drops);
        _untold += drops;
        var now = _time.GetTimestamp();
        if (_untold == 0 || now < _silentUntil) return;
        LogDrops(_untold);
        _untold = 0;
        _silentUntil = now + (long)(Silence.TotalSeconds * _time.TimestampFrequency);
    }

    [LoggerMessage(7101, LogLevel.Warning, "Activity waits to be written: {Reason}")]
    private partial void LogOut(string reason);

    [LoggerMessage(7102, LogLevel.Information, "Activity is written again")]
    private partial void LogBack();

    [LoggerMessage(7103, LogLevel.Information, "{Calls} calls are not in the activity, only in its sums: there were more than are written (Activity:MaxPerSecond)")]
    private partial void LogDrops(long calls);

    [LoggerMessage(7104, LogLevel.Error, "{Calls} calls are lost to the activity")]
    private partial void LogLost(Exception exception, int calls);
}
