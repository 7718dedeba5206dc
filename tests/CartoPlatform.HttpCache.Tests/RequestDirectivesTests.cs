using CartoPlatform.HttpCache.Requests;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.HttpCache.Tests;

public sealed class RequestDirectivesTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("max-age=60", 60L)]
    [InlineData("Max-Age=60", 60L)]
    [InlineData("max-age=\"60\"", 60L)]
    [InlineData("max-age=5", 5L)]
    [InlineData("max-age=0", 0L)]
    [InlineData("max-age=-1", null)]
    [InlineData("max-age=abc", null)]
    [InlineData("max-age", null)]
    [InlineData("max-age=", null)]
    [InlineData("max-age=1.5", null)]
    [InlineData("max-age=60, max-age=30", 30L)]
    [InlineData("max-age=x, max-age=30", 30L)]
    [InlineData("private=\"a, max-age=1\", max-age=30", 30L)]
    [InlineData("max-age=99999999999999999999", 2_147_483_648L)]
    [InlineData(",,;=,\"", null)]
    public void Max_age_is_read_and_nonsense_ignored(string header, long? seconds)
    {
        var directives = RequestDirectives.Read(header, default, TimeSpan.Zero);
        Assert.Equal(seconds, (long?)directives.MaxAge?.TotalSeconds);
        Assert.False(directives.Bypass);
    }

    [Theory]
    [InlineData("no-cache, max-age=0", "", true)]
    [InlineData("NO-CACHE", "", true)]
    [InlineData("no-store", "", true)]
    [InlineData("max-age=0", "", false)]
    [InlineData("", "no-cache", true)]
    [InlineData("max-age=60", "no-cache", false)]
    [InlineData("max-stale=60", "", false)]
    public void Bypass_is_asked_for_by_no_cache_and_no_store(string header, string pragma, bool isBypass) =>
        Assert.Equal(isBypass, RequestDirectives.Read(header, pragma, TimeSpan.Zero).Bypass);

    [Fact]
    public void Smallest_max_age_is_the_operators_but_for_zero()
    {
        var minimum = TimeSpan.FromSeconds(10);
        Assert.Equal(minimum, RequestDirectives.Read("max-age=5", default, minimum).MaxAge);
        Assert.Equal(TimeSpan.Zero, RequestDirectives.Read("max-age=0", default, minimum).MaxAge);
        Assert.Equal(TimeSpan.FromSeconds(3), RequestDirectives.Read(new StringValues(["x", "min-fresh=3"]), default, minimum).MinFresh);
    }
}
