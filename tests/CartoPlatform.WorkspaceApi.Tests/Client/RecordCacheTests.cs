using CartoPlatform.Testing.Logging;
using CartoPlatform.Testing.Time;
using CartoPlatform.WorkspaceClient;
using CartoPlatform.WorkspaceClient.Caching;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.WorkspaceApi.Tests.Client;

public sealed class RecordCacheTests : IDisposable
{
    private static readonly RecordCacheLimits Limits = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), Capacity: 100)
    {
        AnswerWithin = TimeSpan.FromMilliseconds(50),
    };

    private readonly ManualTime _time = new();
    private readonly RecordCache<string, string> _cache;
    private readonly LogRecorder _log = new();
    private Func<CancellationToken, ValueTask<string?>> _source = _ => ValueTask.FromResult<string?>("first");
    private int _reads;

    public RecordCacheTests() => _cache = new RecordCache<string, string>(
        ReadAsync, record => record.Length, Limits, new OutageLog(LoggerFactory.Create(logging => logging.AddProvider(_log)).CreateLogger<OutageLog>()), _time);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Fresh_entry_is_not_asked_for_again()
    {
        await FindAsync();
        _time.Advance(TimeSpan.FromMilliseconds(999));

        Assert.Equal("first", await FindAsync());
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Change_is_seen_after_a_second()
    {
        await FindAsync();
        _source = _ => ValueTask.FromResult<string?>("second");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("second", await FindAsync());
    }

    [Fact]
    public async Task Age_counts_from_before_the_read()
    {
        _source = _ =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(700));
            return ValueTask.FromResult<string?>("slow");
        };
        await FindAsync();
        _time.Advance(TimeSpan.FromMilliseconds(300));

        await FindAsync();

        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Read_that_hangs_brings_nobody_what_was_before_who_comes_a_second_later()
    {
        var old = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(old.Task);
        var early = FindAsync();
        _source = _ => ValueTask.FromResult<string?>(null);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await FindAsync());
        old.SetResult("revoked since");
        Assert.Equal("revoked since", await early);

        // Nor is it kept, for an outage say.
        Fail();
        await Assert.ThrowsAsync<WorkspaceUnavailableException>(FindAsync);
    }

    [Fact]
    public async Task There_is_none_is_not_kept()
    {
        _source = _ => ValueTask.FromResult<string?>(null);
        Assert.Null(await FindAsync());
        _source = _ => ValueTask.FromResult<string?>("made");

        Assert.Equal("made", await FindAsync());
    }

    [Fact]
    public async Task Record_that_has_gone_is_forgotten_even_for_an_outage()
    {
        await FindAsync();
        _source = _ => ValueTask.FromResult<string?>(null);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync());
        Fail();

        await Assert.ThrowsAsync<WorkspaceUnavailableException>(FindAsync);
    }

    [Fact]
    public async Task Callers_at_once_share_one_read()
    {
        var release = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(release.Task);

        var callers = Enumerable.Range(0, 20).Select(_ => FindAsync()).ToList();
        release.SetResult("shared");

        Assert.All(await Task.WhenAll(callers), record => Assert.Equal("shared", record));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Caller_that_leaves_does_not_end_the_read_of_the_others()
    {
        var release = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(release.Task);
        using var cancellation = new CancellationTokenSource();
        var leaving = _cache.FindAsync("key", cancellation.Token).AsTask();
        var staying = FindAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        release.SetResult("shared");

        Assert.Equal("shared", await staying);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Known_record_is_used_for_an_hour_of_outage_and_then_no_more()
    {
        await FindAsync();
        Fail();
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("first", await FindAsync());
        _time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<WorkspaceUnavailableException>(FindAsync);
    }

    [Fact]
    public async Task Outage_is_asked_about_once_a_second_and_its_end_is_seen()
    {
        await FindAsync();
        Fail();
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await FindAsync();
        }

        Assert.Equal(1 + 5, _reads);
        _source = _ => ValueTask.FromResult<string?>("back");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("back", await FindAsync());
    }

    [Fact]
    public async Task While_asking_takes_its_time_to_fail_the_next_attempt_begins_early_and_nobody_waits_for_it()
    {
        await FindAsync();
        FailAfter(TimeSpan.FromMilliseconds(400));
        _time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync();
        var hanging = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(hanging.Task);

        Assert.Equal("first", await FindAsync());
        Assert.Equal("first", await FindAsync());

        Assert.Equal(3, _reads);
        hanging.SetResult("back");
        Assert.Equal("back", await FindAsync());
    }

    [Fact]
    public async Task Change_after_an_outage_is_seen_although_the_last_attempt_failed_late()
    {
        await FindAsync();
        FailAfter(TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await FindAsync());

        _source = _ => ValueTask.FromResult<string?>(null);
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task Change_after_an_outage_is_seen_although_an_attempt_from_before_still_hangs()
    {
        await FindAsync();
        Fail();
        _time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync();
        var hanging = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(hanging.Task);
        _time.Advance(TimeSpan.FromSeconds(1));
        var early = FindAsync();
        _source = _ => ValueTask.FromResult<string?>(null);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await FindAsync());
        hanging.SetResult("first");
        Assert.Equal("first", await early);
    }

    [Fact]
    public async Task Source_that_hangs_is_an_outage()
    {
        _source = HangAsync;
        await Assert.ThrowsAsync<WorkspaceUnavailableException>(FindAsync);
        _source = _ => ValueTask.FromResult<string?>("first");
        await FindAsync();
        _source = HangAsync;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("first", await FindAsync());
    }

    [Fact]
    public async Task Outage_leaves_one_line_at_its_beginning_and_one_at_its_end()
    {
        await FindAsync();
        Fail();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await FindAsync();
        }

        _source = _ => ValueTask.FromResult<string?>("back");
        _time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync();

        Assert.Collection(
            _log.Messages,
            message => Assert.StartsWith("Known tokens and connections are used without the Workspace API: down", message, StringComparison.Ordinal),
            message => Assert.StartsWith("The Workspace API answers again", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bug_of_the_source_is_not_taken_for_an_outage()
    {
        await FindAsync();
        _source = _ => throw new InvalidOperationException("bug");
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<InvalidOperationException>(FindAsync);
        _source = _ => ValueTask.FromResult<string?>("mended");
        Assert.Equal("mended", await FindAsync());
    }

    [Fact]
    public async Task Capacity_bounds_what_is_kept()
    {
        _source = _ => ValueTask.FromResult<string?>(new string('x', 30));

        for (var i = 0; i < 50; i++)
            await _cache.FindAsync($"key {i}", CancellationToken.None);

        Assert.InRange(Enumerable.Range(0, 50).Count(i => _cache.Peek($"key {i}") is not null), 0, 3);
    }

    [Fact]
    public async Task Record_larger_than_the_capacity_is_passed_through()
    {
        _source = _ => ValueTask.FromResult<string?>(new string('x', 101));

        Assert.Equal(101, (await FindAsync())?.Length);
        Assert.Null(_cache.Peek("key"));
    }

    private Task<string?> FindAsync() => _cache.FindAsync("key", CancellationToken.None).AsTask();

    private void Fail() => _source = _ => throw new WorkspaceUnavailableException("down");

    private void FailAfter(TimeSpan by) => _source = _ =>
    {
        _time.Advance(by);
        throw new WorkspaceUnavailableException("down");
    };

    private static async ValueTask<string?> HangAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return null;
    }

    private ValueTask<string?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return _source(cancellationToken);
    }
}
