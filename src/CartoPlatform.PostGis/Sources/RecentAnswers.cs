using System.Collections.Concurrent;

namespace CartoPlatform.PostGis.Sources;

/// <summary>
/// What the database said a moment ago, so that a burst of tiles asks once. Bounded by the length of the keys, which hold the SQL of
/// callers; when full it starts over.
/// </summary>
public sealed class RecentAnswers<T>(TimeSpan lifetime, TimeProvider time)
{
    private const long MaxCharacters = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, (long Asked, T Answer)> _entries = new(StringComparer.Ordinal);
    private long _characters;

    /// <summary>The answer to this question, asked again when the last time is too long ago. Answers that do not count are not kept.</summary>
    public async ValueTask<T> FindAsync(string question, Func<ValueTask<T>> ask, Func<T, bool> counts)
    {
        if (_entries.TryGetValue(question, out var entry) && time.GetElapsedTime(entry.Asked) < lifetime) return entry.Answer;

        var asked = time.GetTimestamp();
        var answer = await ask();
        if (counts(answer)) Keep(question, asked, answer);
        return answer;
    }

    public void Clear()
    {
        _entries.Clear();
        Interlocked.Exchange(ref _characters, 0);
    }

    private void Keep(string question, long asked, T answer)
    {
        if (question.Length > MaxCharacters) return;
        if (_entries.TryAdd(question, (asked, answer)))
        {
            if (Interlocked.Add(ref _characters, question.Length) > MaxCharacters) Clear();
        }
        else
        {
            _entries[question] = (asked, answer);
        }
    }
}
