using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CartoPlatform.HttpCache.Tests.Schedule;

/// <summary>What the database itself has told: how many rows were committed at which time. Rows only grow in number, so that their number tells how old an answer is.</summary>
internal sealed class CommitLog
{
    private readonly ConcurrentQueue<(long At, long Rows)> _commits = new();
    private readonly ConcurrentDictionary<string, long> _shown = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public TimeSpan Elapsed => _clock.Elapsed;

    public void Add(long rows) => _commits.Enqueue((_clock.ElapsedMilliseconds, rows));

    /// <summary>As many rows had been committed so long ago at the least.</summary>
    public long Promised(TimeSpan ago)
    {
        var before = _clock.ElapsedMilliseconds - (long)ago.TotalMilliseconds;
        return _commits.Where(commit => commit.At < before).Select(commit => commit.Rows).DefaultIfEmpty(0).Max();
    }

    /// <summary>Somebody has been shown so many rows under this version.</summary>
    public void Show(string version, long rows) => _shown.AddOrUpdate(version, rows, (_, known) => Math.Max(known, rows));

    public long Shown(string version) => _shown.GetValueOrDefault(version);

    public static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
