using CartoPlatform.Testing.Time;
using CartoPlatform.Traffic.Limits;

namespace CartoPlatform.Traffic.Tests.Limits;

public sealed class TokenBucketTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(60, 1)]
    [InlineData(60, 5)]
    [InlineData(7, 7)]
    [InlineData(1_000_000, 1_000)]
    public void Burst_is_admitted_whole_and_nothing_more(int perMinute, int burst)
    {
        var bucket = Create(perMinute, burst);

        var admitted = Enumerable.Range(0, burst + 10).Select(_ => Take(bucket)).ToArray();

        Assert.Equal(burst, admitted.Count(verdict => verdict.Kind == VerdictKind.Admitted));
        Assert.Equal(Enumerable.Range(0, burst).Reverse(), admitted.Take(burst).Select(verdict => verdict.Remaining));
        Assert.All(admitted.Skip(burst), verdict => Assert.Equal(VerdictKind.Refused, verdict.Kind));
    }

    [Fact]
    public void Whoever_waits_as_long_as_he_is_told_is_admitted_and_not_before()
    {
        var bucket = Create(perMinute: 90, burst: 3);
        for (var request = 0; request < 3; request++) Take(bucket);

        var wait = Take(bucket).Wait;
        _time.Advance(wait - TimeSpan.FromMilliseconds(1));
        var early = Take(bucket);
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.InRange(wait.TotalSeconds, 0.66, 0.67);
        Assert.Equal(VerdictKind.Refused, early.Kind);
        Assert.Equal(VerdictKind.Admitted, Take(bucket).Kind);
    }

    [Fact]
    public void Long_run_is_the_rate_and_the_burst()
    {
        var (bucket, admitted) = (Create(perMinute: 600, burst: 20), 0);
        // 100 s at 50 a second; 10 a second are allowed.
        for (var request = 0; request < 5_000; request++)
        {
            if (Take(bucket).Kind == VerdictKind.Admitted) admitted++;
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(admitted, 1_018, 1_021);
    }

    [Fact]
    public void Rest_fills_the_bucket_and_not_more()
    {
        var bucket = Create(perMinute: 60, burst: 4);
        for (var request = 0; request < 4; request++) Take(bucket);
        _time.Advance(TimeSpan.FromDays(400));

        Assert.Equal(3, Take(bucket).Remaining);
    }

    [Fact]
    public async Task Callers_at_once_get_the_burst_together()
    {
        var bucket = Create(perMinute: 1, burst: 1_000);
        var admitted = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), (_, _) =>
        {
            for (var request = 0; request < 1_000; request++)
            {
                if (Take(bucket).Kind == VerdictKind.Admitted) Interlocked.Increment(ref admitted);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal(1_000, admitted);
    }

    private Verdict Take(TokenBucket bucket) => bucket.Take(_time.GetTimestamp());

    private TokenBucket Create(int perMinute, int burst) => new(new RateLimit(perMinute, burst), _time.TimestampFrequency);
}
