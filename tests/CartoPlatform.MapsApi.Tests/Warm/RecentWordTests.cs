using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Warm;
using CartoPlatform.Testing.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tests.Warm;

/// <summary>When the last word of changes will do, and which.</summary>
public sealed class RecentWordTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(100);

    private readonly ManualTime _time = new();

    [Fact]
    public void Database_is_asked_for_the_first_tiles_of_a_second_and_not_for_the_others()
    {
        var word = WordOf(MaxAge);
        for (var second = 0; second < 3; second++)
        {
            Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(ReadingStart.Now, word.StartOf(RequestAfter(null), stamp: 7)));
            Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(new ReadingStart(true, _time.GetTimestamp() - MaxAge.Ticks, 7), word.StartOf(RequestAfter(null), stamp: 7)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("main;0", 0)]
    [InlineData("main;30", 30)]
    [InlineData("a;b;30", 30)]
    [InlineData("main;5000", 100)]
    [InlineData("main;99999999999999999999", 100)]
    [InlineData("main;-1", 100)]
    [InlineData("main", 100)]
    [InlineData("", 100)]
    public void Word_is_younger_than_the_last_write(string changed, int milliseconds)
    {
        var word = WordOf(MaxAge);
        while (word.StartOf(RequestAfter(null), null).Since is null)
        {
        }

        var written = _time.GetTimestamp() - TimeSpan.FromMilliseconds(milliseconds).Ticks;
        var since = word.StartOf(RequestAfter(changed), null).Since;
        Assert.Equal(milliseconds < MaxAge.TotalMilliseconds ? written + 1 : written, since);
    }

    [Fact]
    public void Age_of_zero_asks_for_every_tile()
    {
        var word = WordOf(TimeSpan.Zero);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(ReadingStart.Now, word.StartOf(RequestAfter(null), null)));
    }

    private static HttpRequest RequestAfter(string? changed)
    {
        var request = new DefaultHttpContext().Request;
        if (changed is not null) request.Headers[CacheDeclaration.ChangedHeader] = changed;
        return request;
    }

    private RecentWord WordOf(TimeSpan maxAge) => new(Options.Create(new WarmOptions { MaxWordAge = maxAge }), _time);
}
