using System.Text.Json;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceClient.Activity;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>Calls and their sums in the metadata database.</summary>
internal sealed class ActivityStore(MetadataDatabase database, ActivityPartitions partitions, TimeProvider time) : IActivityStore
{
    private const string Copy = """
        COPY platform.activity (at, account_id, caller_kind, token_id, user_id, map_id, method, api, operation, connection, source, client, tags,
                                status, cache, duration_us, rows, bytes) FROM STDIN (FORMAT binary)
        """;

    private const string AddUsage = """
        INSERT INTO platform.usage (month, account_id, caller_id, caller_kind, requests, rows, bytes)
        SELECT * FROM unnest(@months::date[], @accounts::uuid[], @callers::uuid[], @kinds::text[], @requests::bigint[], @rows::bigint[], @bytes::bigint[])
        ON CONFLICT (month, account_id, caller_id) DO UPDATE
        SET requests = usage.requests + excluded.requests, rows = usage.rows + excluded.rows, bytes = usage.bytes + excluded.bytes
        """;

    // An edge whose clock is wrong makes no partitions of far days.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(2);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    public async Task<ActivityReceipt> WriteAsync(ActivityBatch batch, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var calls = batch.Calls.Select(call => call.At < now - MaxAge || call.At > now + MaxAhead ? call with { At = now } : call).ToList();
        await partitions.EnsureAsync(calls.Select(call => DateOnly.FromDateTime(call.At.UtcDateTime)).Distinct(), cancellationToken);
        var usage = await database.ChangeAsync(
            async connection =>
            {
                var isNew = await connection.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO platform.activity_batches (id) VALUES (@Id) ON CONFLICT DO NOTHING", new { batch.Id }, cancellationToken: cancellationToken)) == 1;
                if (isNew && calls.Count > 0) await CopyAsync(connection, calls, cancellationToken);
                if (isNew && batch.Usage.Count > 0) await AddUsageAsync(connection, batch.Usage, cancellationToken);
                return await SumsAsync(connection, batch.Usage, cancellationToken);
            },
            cancellationToken);
        return new ActivityReceipt(usage);
    }

    /// <summary>The sums of a month, those who use most first.</summary>
    public ValueTask<IEnumerable<UsageRecord>> ListUsageAsync(Guid accountId, DateOnly month, CancellationToken cancellationToken) => database.AskAsync(
        async connection => (await connection.QueryAsync<UsageRow>(new CommandDefinition(
            """
            SELECT month, account_id AS "AccountId", caller_id AS "CallerId", caller_kind AS "CallerKind", requests, rows, bytes
            FROM platform.usage WHERE month = @month AND account_id IN (@accountId, @none) ORDER BY requests DESC, caller_id LIMIT 10000
            """,
            new { month = month.ToDateTime(TimeOnly.MinValue), accountId, none = Guid.Empty }, cancellationToken: cancellationToken))).Select(row => row.ToRecord()),
        cancellationToken);

    private static async Task CopyAsync(NpgsqlConnection connection, IEnumerable<ActivityRecord> calls, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var call in calls)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(call.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(writer, call.AccountId, cancellationToken);
            await WriteAsync(writer, call.CallerKind, cancellationToken);
            await WriteAsync(writer, call.TokenId, cancellationToken);
            await WriteAsync(writer, call.UserId, cancellationToken);
            foreach (var text in (string?[])[call.MapId, call.Method, call.Api, call.Operation, call.Connection, call.Source, call.Client]) await WriteAsync(writer, text, cancellationToken);
            if (call.Tags is { Count: > 0 } tags) await writer.WriteAsync(JsonSerializer.Serialize(tags), NpgsqlDbType.Jsonb, cancellationToken);
            else await writer.WriteNullAsync(cancellationToken);
            await writer.WriteAsync(call.Status, NpgsqlDbType.Integer, cancellationToken);
            await WriteAsync(writer, call.Cache, cancellationToken);
            await writer.WriteAsync(call.Microseconds, NpgsqlDbType.Bigint, cancellationToken);
            if (call.Rows is { } rows) await writer.WriteAsync(rows, NpgsqlDbType.Bigint, cancellationToken);
            else await writer.WriteNullAsync(cancellationToken);
            await writer.WriteAsync(call.Bytes, NpgsqlDbType.Bigint, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter writer, string? text, CancellationToken cancellationToken) =>
        text is null ? writer.WriteNullAsync(cancellationToken) : writer.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter writer, Guid? id, CancellationToken cancellationToken) =>
        id is null ? writer.WriteNullAsync(cancellationToken) : writer.WriteAsync(id.Value, NpgsqlDbType.Uuid, cancellationToken);

    private static Task<int> AddUsageAsync(NpgsqlConnection connection, IReadOnlyList<UsageRecord> usage, CancellationToken cancellationToken)
    {
        // In one order everywhere, so that no two edges wait for each other; and one row for each caller.
        var sums = usage.GroupBy(record => (record.Month, record.AccountId, record.CallerId)).OrderBy(group => group.Key)
            .Select(group => group.First() with { Requests = group.Sum(one => one.Requests), Rows = group.Sum(one => one.Rows), Bytes = group.Sum(one => one.Bytes) }).ToList();
        return connection.ExecuteAsync(new CommandDefinition(
            AddUsage,
            new
            {
                months = sums.Select(sum => sum.Month.ToDateTime(TimeOnly.MinValue)).ToArray(),
                accounts = sums.Select(sum => sum.AccountId).ToArray(),
                callers = sums.Select(sum => sum.CallerId).ToArray(),
                kinds = sums.Select(sum => sum.CallerKind).ToArray(),
                requests = sums.Select(sum => sum.Requests).ToArray(),
                rows = sums.Select(sum => sum.Rows).ToArray(),
                bytes = sums.Select(sum => sum.Bytes).ToArray(),
            },
            cancellationToken: cancellationToken));
    }

    private static async Task<IReadOnlyList<UsageRecord>> SumsAsync(NpgsqlConnection connection, IReadOnlyList<UsageRecord> asked, CancellationToken cancellationToken)
    {
        if (asked.Count == 0) return [];
        var rows = await connection.QueryAsync<UsageRow>(new CommandDefinition(
            """
            SELECT month, account_id AS "AccountId", caller_id AS "CallerId", caller_kind AS "CallerKind", requests, rows, bytes
            FROM platform.usage WHERE month = ANY (@months::date[]) AND caller_id = ANY (@callers)
            """,
            new
            {
                months = asked.Select(record => record.Month.ToDateTime(TimeOnly.MinValue)).Distinct().ToArray(),
                callers = asked.Select(record => record.CallerId).Distinct().ToArray(),
            },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToRecord())];
    }

    // Properties: Dapper does not know DateOnly by itself.
    private sealed record UsageRow
    {
        public required DateTime Month { get; init; }

        public required Guid AccountId { get; init; }

        public required Guid CallerId { get; init; }

        public required string CallerKind { get; init; }

        public required long Requests { get; init; }

        public required long Rows { get; init; }

        public required long Bytes { get; init; }

        public UsageRecord ToRecord() => new(DateOnly.FromDateTime(Month), AccountId, CallerId, CallerKind, Requests, Rows, Bytes);
    }
}
