using System.Runtime.CompilerServices;
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
        Patience = TimeSpan.FromMilliseconds(20),
        PatienceInOutage = TimeSpan.FromMilliseconds(10),
    };

    private readonly ManualTime _time = new();
    private readonly RecordCache<string, string> _cache;
    private readonly Outage _outage;
    private readonly LogRecorder _log = new();
    private Func<CancellationToken, ValueTask<string?>> _source = _ => ValueTask.FromResult<string?>("first");
    private int _reads;

    public RecordCacheTests()
    {
        _outage = new Outage(_time, LoggerFactory.Create(logging => logging.AddProvider(_log)).CreateLogger<Outage>());
        _cache = new RecordCache<string, string>(ReadAsync, record => record.Length, Limits, _outage, _time);
    }

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
        await LeaveContext();
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
    public async Task One_read_that_waits_in_vain_spares_other_records_their_wait()
    {
        var others = 0;
        using var other = new RecordCache<int, string>(
            async (_, cancellationToken) => Interlocked.Increment(ref others) <= 2 ? "other" : await HangAsync(cancellationToken), record => record.Length, Limits, _outage, _time);
        await FindAsync();
        await other.FindAsync(1, CancellationToken.None);
        await other.FindAsync(2, CancellationToken.None);
        _source = HangAsync;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await FindAsync());

        var found = other.FindAsync(1, CancellationToken.None);
        Assert.True(found.IsCompletedSuccessfully);
        Assert.Equal("other", await found);
        Assert.Equal(2, others);

        // What it has shown is a second old: whoever comes now asks for himself, and one who knows nothing always does.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("other", await other.FindAsync(2, CancellationToken.None));
        await Assert.ThrowsAsync<WorkspaceUnavailableException>(() => other.FindAsync(3, CancellationToken.None).AsTask());
        Assert.Equal(4, others);
    }

    [Fact]
    public async Task Asking_again_outweighs_what_an_outage_before_has_shown()
    {
        await FindAsync();
        Fail();
        _time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync();
        _source = _ => ValueTask.FromResult<string?>(null);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _cache.AskAgain();

        Assert.Null(await FindAsync());
    }

    [Theory]
    [InlineData("changed")]
    [InlineData(null)]
    public async Task Answer_that_nobody_has_waited_for_counts(string? answer)
    {
        await LeaveContext();
        await FindAsync();
        var slow = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(slow.Task);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await FindAsync());

        // One that was begun later and has no answer yet knows no better.
        var later = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(later.Task);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await FindAsync());
        slow.SetResult(answer);
        later.SetException(new WorkspaceUnavailableException("down"));
        Fail();

        if (answer is null) await Assert.ThrowsAsync<WorkspaceUnavailableException>(FindAsync);
        else Assert.Equal(answer, await FindAsync());
    }

    [Fact]
    public async Task Answer_to_an_older_question_does_not_undo_that_to_a_newer_one()
    {
        await LeaveContext();
        await FindAsync();
        var slow = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(slow.Task);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await FindAsync());
        _source = _ => ValueTask.FromResult<string?>(null);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync());

        // A third is under way when the first is answered at last.
        var third = new TaskCompletionSource<string?>();
        _source = _ => new ValueTask<string?>(third.Task);
        var waiting = FindAsync();
        slow.SetResult("first");
        Assert.Null(_cache.Peek("key"));
        third.SetResult("again");
        Assert.Equal("again", await waiting);
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

    // What waits for a source goes on within SetResult then, before the test does, and not when a thread of xunit's is free.
    private static ConfiguredTaskAwaitable LeaveContext() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

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
