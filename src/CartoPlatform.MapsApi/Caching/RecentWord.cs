using System.Globalization;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Warm;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Caching;

/// <summary>
/// How recent the word of changes must be that a tile out of memory rests on: as for an answer out of the cache. Mostly the database is
/// asked; where many tiles are asked for at once, the last word will do, if it is younger than the last write through this platform.
/// </summary>
internal sealed class RecentWord(IOptions<WarmOptions> options, TimeProvider time)
{
    private readonly long _maxAge = (long)(options.Value.MaxWordAge.TotalSeconds * time.TimestampFrequency);
    private readonly Allowance _questions = new(perSecond: 20, atOnce: 20, time);

    /// <param name="request">May tell of a write (<see cref="CacheDeclaration.ChangedHeader"/>).</param>
    /// <param name="stamp">The data that its URL names.</param>
    public ReadingStart StartOf(HttpRequest request, long? stamp)
    {
        if (_maxAge == 0 || _questions.TryTake()) return ReadingStart.Now;
        var since = time.GetTimestamp() - _maxAge;
        return new ReadingStart(true, WrittenAt(request) is { } writtenAt ? Math.Max(since, writtenAt + 1) : since, stamp);
    }

    // Later rather than earlier: the header has been on the way for a while.
    private long? WrittenAt(HttpRequest request)
    {
        if (request.Headers[CacheDeclaration.ChangedHeader] is not [{ } text]) return null;
        return long.TryParse(text.AsSpan(text.LastIndexOf(';') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? time.GetTimestamp() - (milliseconds * time.TimestampFrequency / 1_000)
            : null;
    }
}
