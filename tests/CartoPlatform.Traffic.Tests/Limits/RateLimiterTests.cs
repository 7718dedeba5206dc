using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Testing.Time;
using CartoPlatform.Traffic.Limits;

namespace CartoPlatform.Traffic.Tests.Limits;

public sealed class RateLimiterTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task Nothing_is_limited_unless_it_is_set()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions());
        var token = Limiters.Token();

        for (var request = 0; request < 100_000; request++) Assert.Equal(VerdictKind.Unlimited, limiters.Rates.Take(token, Here).Kind);
    }

    [Fact]
    public async Task Each_token_has_its_own_limit()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 3 } }, time: new ManualTime());
        var (one, other) = (Limiters.Token(), Limiters.Token());

        Assert.Equal(3, Admitted(limiters, 10, one));
        Assert.Equal(3, Admitted(limiters, 10, other));
    }

    [Fact]
    public async Task Sessions_of_a_user_share_his_limit()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Users = { RequestsPerMinute = 3 } }, time: new ManualTime());
        var first = Limiters.Token() with { UserId = Guid.NewGuid(), Role = AccountRole.Editor };

        Assert.Equal(2, Admitted(limiters, 2, first));
        Assert.Equal(1, Admitted(limiters, 10, first with { Id = Guid.NewGuid() }));
    }

    [Fact]
    public async Task Tokens_of_a_machine_share_its_limit()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Clients = { RequestsPerMinute = 3 } }, time: new ManualTime());
        var first = Limiters.Token() with { ClientId = Guid.NewGuid() };

        Assert.Equal(2, Admitted(limiters, 2, first));
        Assert.Equal(1, Admitted(limiters, 10, first with { Id = Guid.NewGuid() }));
    }

    [Fact]
    public async Task Own_limits_of_a_token_go_before_those_of_its_kind_and_a_change_holds_at_once()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 3 } }, time: new ManualTime());
        var token = Limiters.Token(new CallerLimits { RequestsPerMinute = 60, Burst = 8 });

        Assert.Equal(8, Admitted(limiters, 20, token));
        Assert.Equal(2, Admitted(limiters, 20, token with { Limits = new CallerLimits { RequestsPerMinute = 2 } }));
    }

    [Fact]
    public async Task Owner_is_never_limited()
    {
        var limits = new LimitClass { RequestsPerMinute = 1 };
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = limits, Users = limits, Clients = limits, Anonymous = limits }, time: new ManualTime());

        Assert.Equal(50, Admitted(limiters, 50, Limiters.Token() with { IsOwner = true, Role = AccountRole.Superadmin }));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", true)]
    [InlineData("2001:db8:1:1::1", "2001:db8:1:2::1", false)]
    public async Task Callers_without_a_token_are_told_apart_by_network(string first, string second, bool isOne)
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Anonymous = { RequestsPerMinute = 1 } }, time: new ManualTime());

        Assert.Equal(VerdictKind.Admitted, limiters.Rates.Take(null, IPAddress.Parse(first)).Kind);
        Assert.Equal(isOne ? VerdictKind.Refused : VerdictKind.Admitted, limiters.Rates.Take(null, IPAddress.Parse(second)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_look_at_a_map_share_its_token_or_not(bool perAddress)
    {
        await using var limiters = await Limiters.StartAsync(
            new LimitOptions { Maps = { RequestsPerMinute = 1, PerAddress = perAddress } }, time: new ManualTime());
        var token = Limiters.Token() with { MapId = Guid.NewGuid() };

        limiters.Rates.Take(token, Here);

        Assert.Equal(perAddress ? VerdictKind.Admitted : VerdictKind.Refused, limiters.Rates.Take(token, IPAddress.Parse("192.0.2.9")).Kind);
    }

    [Fact]
    public async Task Clock_that_is_set_makes_no_difference()
    {
        var time = new SetClock();
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 2 } }, time: time);
        var token = Limiters.Token();

        Assert.Equal(2, Admitted(limiters, 5, token));
        time.Now = time.Now.AddYears(1);
        Assert.Equal(0, Admitted(limiters, 5, token));
        time.Now = time.Now.AddYears(-2);
        Assert.Equal(0, Admitted(limiters, 5, token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deciding_allocates_nothing(bool hasOwn)
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 1_000 } }, time: new ManualTime());
        var token = Limiters.Token(hasOwn ? new CallerLimits { ConcurrentQueries = 5 } : null);
        Admitted(limiters, 2_000, token);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Admitted(limiters, 10_000, token);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public async Task More_callers_than_are_remembered_take_no_memory_and_no_right_from_each_other()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Anonymous = { RequestsPerMinute = 60 } }, time: new ManualTime());

        for (uint caller = 0; caller < 250_000; caller++)
            Assert.Equal(VerdictKind.Admitted, limiters.Rates.Take(null, new IPAddress(caller)).Kind);

        Assert.InRange(limiters.Rates.Callers, 1, 100_000);
    }

    private static int Admitted(Limiters limiters, int requests, TokenRecord token)
    {
        var admitted = 0;
        for (var request = 0; request < requests; request++)
        {
            if (limiters.Rates.Take(token, Here).Kind is VerdictKind.Admitted or VerdictKind.Unlimited) admitted++;
        }

        return admitted;
    }

    /// <summary>Its time of day is set at will; its timestamps stand still.</summary>
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 1_000;
    }
}
