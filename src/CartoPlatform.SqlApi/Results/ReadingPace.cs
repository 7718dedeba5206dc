using System.Diagnostics;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// Lets rows gather in the socket. PostgreSQL sends pieces of 8 KB, and whoever reads as fast as it sends is woken for each: that takes
/// both sides as long as the rows in it. So after having waited once, the reader of a result that comes fast rests for a moment, in which
/// the socket does not fill (some 180 KB), and then finds many pieces there. Of one result.
/// </summary>
internal sealed class ReadingPace(ShortPause pause)
{
    // Answers that are over in a millisecond or two would wait for nothing.
    private const int LongAfterBytes = 256 * 1_024;

    // Four pieces in a pause: with less there is nothing to be saved.
    private const int FastBytesInMillisecond = 32 * 1_024;

    private long _bytes;
    private long _bytesBefore;
    private long _waitedAt = Stopwatch.GetTimestamp();

    public void Count(int bytes) => _bytes += bytes;

    /// <summary>After the reader had to wait for the database.</summary>
    public Task RestAsync()
    {
        var now = Stopwatch.GetTimestamp();
        var milliseconds = Stopwatch.GetElapsedTime(_waitedAt, now).TotalMilliseconds;
        var isFast = _bytes - _bytesBefore >= milliseconds * FastBytesInMillisecond;
        (_bytesBefore, _waitedAt) = (_bytes, now);
        return isFast && _bytes >= LongAfterBytes ? pause.WaitAsync() : Task.CompletedTask;
    }
}
