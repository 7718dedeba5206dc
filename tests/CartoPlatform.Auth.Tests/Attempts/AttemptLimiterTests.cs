using System.Net;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.Testing.Time;

namespace CartoPlatform.Auth.Tests.Attempts;

public sealed class AttemptLimiterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Attempts_of_a_minute_are_limited_and_those_that_were_no_failure_do_not_count()
    {
        var limiter = new AttemptLimiter(_time, 3);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(limiter.TryBegin("a"));
            limiter.Forgive("a");
        }

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => limiter.TryBegin("a")));
        Assert.True(limiter.TryBegin("b"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(limiter.TryBegin("a"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.TryBegin("a"));
    }

    [Fact]
    public async Task Attempts_that_begin_at_once_are_no_way_around()
    {
        var limiter = new AttemptLimiter(_time, 10);

        var begun = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => limiter.TryBegin("a"))));

        Assert.Equal(10, begun.Count(one => one));
    }

    [Fact]
    public void Memory_is_bounded_however_many_networks_there_are()
    {
        var limiter = new AttemptLimiter(_time);

        for (var i = 0; i < AttemptLimiter.MaxKeys + 1_000; i++) limiter.TryBegin($"{i}");

        Assert.InRange(limiter.Keys, 1, AttemptLimiter.MaxKeys);
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Network_is_one_however_many_addresses_its_owner_has(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AttemptLimiter.KeyOf("x", IPAddress.Parse(one)) == AttemptLimiter.KeyOf("x", IPAddress.Parse(other)));
}
