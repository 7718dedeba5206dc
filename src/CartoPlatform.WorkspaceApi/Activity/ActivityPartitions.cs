using System.Collections.Concurrent;
using System.Globalization;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Metadata;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>The days of <c>platform.activity</c>. A day goes as a whole, so that nothing is left to clean up.</summary>
internal sealed class ActivityPartitions(MetadataDatabase database)
{
    private const string Prefix = "activity_";
    private const string DayFormat = "yyyyMMdd";

    // A reader of old days holds up their end, and that must not hold up those who write.
    private const string LockLimit = "SET LOCAL lock_timeout = '2s'";

    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    public async Task EnsureAsync(IEnumerable<DateOnly> days, CancellationToken cancellationToken)
    {
        foreach (var day in days.Where(day => !_known.ContainsKey(day)))
        {
            await database.ChangeAsync(
                async connection =>
                {
                    await PlatformLock.TakeAsync(connection, cancellationToken);
                    await connection.ExecuteAsync(new CommandDefinition(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"CREATE TABLE IF NOT EXISTS platform.{NameOf(day)} PARTITION OF platform.activity FOR VALUES FROM ('{day:yyyy-MM-dd} 00:00:00+00') TO ('{day.AddDays(1):yyyy-MM-dd} 00:00:00+00')"),
                        cancellationToken: cancellationToken));
                    return true;
                },
                cancellationToken);
            _known[day] = true;
        }
    }

    /// <summary>Ends days before this one; how many there were. One that is being read stays until the next time.</summary>
    public async Task<int> DropBeforeAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var names = await database.AskAsync(
            connection => connection.QueryAsync<string>(new CommandDefinition(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'platform.activity'::regclass",
                cancellationToken: cancellationToken)),
            cancellationToken);
        var dropped = 0;
        foreach (var old in names.Select(DayOf).Where(found => found < day))
        {
            if (await TryDropAsync(old!.Value, cancellationToken)) dropped++;
            _known.TryRemove(old.Value, out _);
        }

        return dropped;
    }

    private async Task<bool> TryDropAsync(DateOnly day, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ChangeAsync(
                async connection =>
                {
                    await connection.ExecuteAsync(new CommandDefinition($"{LockLimit}; DROP TABLE IF EXISTS platform.{NameOf(day)}", cancellationToken: cancellationToken));
                    return true;
                },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    private static string NameOf(DateOnly day) => Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);

    // Null for a table that somebody else has made a part.
    private static DateOnly? DayOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && DateOnly.TryParseExact(name[Prefix.Length..], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
