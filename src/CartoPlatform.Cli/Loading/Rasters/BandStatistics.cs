using System.Globalization;
using System.Text.Json.Nodes;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>
/// What the client library colours a band by. Sums are of every pixel; quantiles and the most frequent values too as long as there are
/// not too many different ones, then of an even sample, and the metadata say so.
/// </summary>
internal sealed class BandStatistics(RasterBandInfo band)
{
    private const int MaxDistinct = 100_000, MaxSamples = 1_000_000, MaxTopValues = 100, MinBuckets = 3, MaxBuckets = 19;

    private readonly Dictionary<double, long> _counts = [];
    private readonly List<double> _samples = [];
    private long _stride = 1, _seen;
    private (double Min, double Max, double Sum, double Squares, long Count) _sums = (double.PositiveInfinity, double.NegativeInfinity, 0, 0, 0);
    private bool _hasAll = true;

    /// <param name="values">NaN where there is none.</param>
    /// <returns>Whether there was any.</returns>
    public bool Add(ReadOnlySpan<double> values)
    {
        var any = false;
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) continue;
            any = true;
            _sums = (Math.Min(_sums.Min, value), Math.Max(_sums.Max, value), _sums.Sum + value, _sums.Squares + (value * value), _sums.Count + 1);
            if (_hasAll) Count(value);
            if (_seen++ % _stride == 0) Sample(value);
        }

        return any;
    }

    public JsonObject ToJson(string version)
    {
        if (_sums.Count == 0) return new JsonObject { ["min"] = 0, ["max"] = 0, ["mean"] = 0, ["stddev"] = 0, ["sum"] = 0, ["sum_squares"] = 0, ["count"] = 0, ["version"] = version };
        var mean = _sums.Sum / _sums.Count;
        var stats = new JsonObject
        {
            ["min"] = _sums.Min,
            ["max"] = _sums.Max,
            ["mean"] = mean,
            ["stddev"] = Math.Sqrt(Math.Max(0, (_sums.Squares / _sums.Count) - (mean * mean))),
            ["sum"] = _sums.Sum,
            ["sum_squares"] = _sums.Squares,
            ["count"] = _sums.Count,
            ["quantiles"] = Quantiles(),
            ["approximated_stats"] = !_hasAll,
            ["version"] = version,
        };
        if (!band.IsFloat && _hasAll)
        {
            var top = _counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(MaxTopValues);
            stats["top_values"] = new JsonObject(top.Select(pair => KeyValuePair.Create(pair.Key.ToString("R", CultureInfo.InvariantCulture), (JsonNode?)pair.Value)));
        }

        return stats;
    }

    private void Count(double value)
    {
        _counts[value] = _counts.GetValueOrDefault(value) + 1;
        if (_counts.Count <= MaxDistinct) return;
        _hasAll = false;
        _counts.Clear();
    }

    // Every so many pixels, twice as many apart whenever the room is full.
    private void Sample(double value)
    {
        _samples.Add(value);
        if (_samples.Count < MaxSamples) return;
        for (var i = 0; i < MaxSamples / 2; i++) _samples[i] = _samples[2 * i];
        _samples.RemoveRange(MaxSamples / 2, MaxSamples / 2);
        _stride *= 2;
    }

    // The breaks between buckets, without the least and the greatest value: the client puts those around them.
    private JsonObject Quantiles()
    {
        var sorted = (_hasAll ? _counts.Select(pair => (Value: pair.Key, Count: pair.Value)) : _samples.Select(value => (Value: value, Count: 1L))).OrderBy(pair => pair.Value).ToList();
        var total = sorted.Sum(pair => pair.Count);
        var quantiles = new JsonObject();
        for (var buckets = MinBuckets; buckets <= MaxBuckets; buckets++)
        {
            var breaks = new JsonArray();
            for (var at = 1; at < buckets; at++) breaks.Add(ValueAt(sorted, (long)Math.Floor((double)at / buckets * (total - 1))));
            quantiles[buckets.ToString(CultureInfo.InvariantCulture)] = breaks;
        }

        return quantiles;
    }

    private static double ValueAt(List<(double Value, long Count)> sorted, long rank)
    {
        var before = 0L;
        foreach (var (value, count) in sorted)
        {
            before += count;
            if (rank < before) return value;
        }

        return sorted[^1].Value;
    }
}
