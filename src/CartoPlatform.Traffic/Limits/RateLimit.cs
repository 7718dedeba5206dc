using System.Globalization;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>A rate with its burst: a bucket of so many requests that fills again evenly.</summary>
internal sealed record RateLimit(int PerMinute, int Burst)
{
    private const long MicrosecondsPerMinute = 60_000_000;

    /// <summary>Between two requests at the full rate.</summary>
    public double MicrosecondsPerRequest => (double)MicrosecondsPerMinute / PerMinute;

    /// <summary>What one edge takes from the common bucket at a time: what the rate allows in a tenth of a second, and little of the burst.</summary>
    public int Lease => Math.Clamp(Math.Min(PerMinute / 600, Burst / 10), 1, 1_000);

    /// <summary>As the draft of the IETF has it (RateLimit header fields for HTTP): so many in the time in which an empty bucket fills.</summary>
    public string Policy { get; } = string.Create(
        CultureInfo.InvariantCulture, $"\"default\";q={Burst};w={Math.Max(1, (long)Math.Ceiling(Burst * 60.0 / PerMinute))}");

    public string BurstText { get; } = Burst.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null without a rate.</summary>
    public static RateLimit? Of(CallerLimits limits) =>
        limits.RequestsPerMinute is { } perMinute ? new RateLimit(perMinute, limits.Burst ?? perMinute) : null;

    public bool Is(CallerLimits limits) => limits.RequestsPerMinute == PerMinute && (limits.Burst ?? limits.RequestsPerMinute) == Burst;
}
