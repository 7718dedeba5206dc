using System.Collections.Concurrent;
using System.Globalization;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Limits;

/// <summary>
/// What callers have used of their month, as it was last heard from the metadata database: a few seconds behind. Until the first word
/// about a caller nothing is refused.
/// </summary>
internal sealed class MonthlyQuotas(TimeProvider time)
{
    private const int MaxCallers = 100_000;

    private readonly ConcurrentDictionary<Guid, UsageRecord> _known = new();

    public void Learn(IEnumerable<UsageRecord> usage)
    {
        if (_known.Count >= MaxCallers) _known.Clear();
        foreach (var record in usage)
            _known.AddOrUpdate(record.CallerId, record, (_, known) => known.Month > record.Month || (known.Month == record.Month && known.Requests > record.Requests) ? known : record);
    }

    public bool IsSpent(TokenRecord token, CallerLimits limits)
    {
        if (limits is { RequestsPerMonth: null, BytesPerMonth: null }) return false;
        if (!_known.TryGetValue(token.HolderId, out var used) || used.Month != MonthOf(time.GetUtcNow())) return false;
        return used.Requests >= limits.RequestsPerMonth || used.Bytes >= limits.BytesPerMonth;
    }

    public Task RefuseAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        var next = MonthOf(now).AddMonths(1);
        var left = next.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) - now.UtcDateTime;
        return LimitHeaders.RefuseAsync(
            context, StatusCodes.Status429TooManyRequests,
            $"What may be used in a month is used up. It begins anew on {next.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} (UTC)", (int)Math.Ceiling(left.TotalSeconds));
    }

    private static DateOnly MonthOf(DateTimeOffset moment) => new(moment.UtcDateTime.Year, moment.UtcDateTime.Month, 1);
}
