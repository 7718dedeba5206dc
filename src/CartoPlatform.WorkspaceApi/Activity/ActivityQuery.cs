using System.Globalization;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>Which calls somebody wants to see.</summary>
internal sealed class ActivityQuery
{
    private const int MaxText = 200;

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);

    private readonly List<string> _conditions = ["at >= @from", "at < @to", "(account_id = @account OR account_id IS NULL)"];
    private readonly List<NpgsqlParameter> _parameters = [];

    private ActivityQuery()
    {
    }

    /// <summary>Reads the parameters of a request; the error to answer where one is wrong.</summary>
    /// <param name="request">The request's: <c>from</c> and <c>to</c> (ISO 8601), and a filter for each column that tells callers or calls apart.</param>
    /// <param name="accountId">Whose calls.</param>
    /// <param name="now">The end of the last day, which is what is told if nothing is said.</param>
    /// <param name="query">What was asked for.</param>
    public static ApiError? TryRead(IQueryCollection request, Guid accountId, DateTimeOffset now, out ActivityQuery query)
    {
        query = new ActivityQuery();
        if (!TryReadMoment(request["to"], now, out var to)) return ApiError.BadRequest("to must be a time in ISO 8601, such as 2030-01-31T00:00:00Z");
        if (!TryReadMoment(request["from"], to - DateTimeOffset.MinValue > DefaultSpan ? to - DefaultSpan : to, out var from)) return ApiError.BadRequest("from must be a time in ISO 8601, such as 2030-01-31T00:00:00Z");
        if (from > to) return ApiError.BadRequest("from must not be after to");
        query._parameters.Add(new NpgsqlParameter("from", NpgsqlDbType.TimestampTz) { Value = from.UtcDateTime });
        query._parameters.Add(new NpgsqlParameter("to", NpgsqlDbType.TimestampTz) { Value = to.UtcDateTime });
        query._parameters.Add(new NpgsqlParameter("account", NpgsqlDbType.Uuid) { Value = accountId });
        return query.AddId(request, "token", "token_id") ?? query.AddId(request, "user", "user_id")
            ?? query.AddMap(request) ?? query.AddText(request, "client", "client") ?? query.AddText(request, "api", "api")
            ?? query.AddText(request, "operation", "operation") ?? query.AddText(request, "connection", "connection")
            ?? query.AddText(request, "source", "source") ?? query.AddWord(request, "cache", "cache", ActivityWords.Caches)
            ?? query.AddWord(request, "caller", "caller_kind", ActivityWords.Callers)
            ?? query.AddStatus(request) ?? query.AddTag(request);
    }

    public NpgsqlCommand CreateCommand(NpgsqlConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT at, caller_kind, token_id, user_id, map_id, method, api, operation, connection, source, client, tags::text, status, cache,
                   duration_us, rows, bytes
            FROM platform.activity WHERE {string.Join(" AND ", _conditions)} ORDER BY at
            """;
        command.CommandTimeout = 0;
        foreach (var parameter in _parameters) command.Parameters.Add(parameter);
        return command;
    }

    private ApiError? AddId(IQueryCollection request, string name, string column)
    {
        if (request[name].ToString() is not { Length: > 0 } text) return null;
        if (!Guid.TryParse(text, out var id)) return ApiError.BadRequest($"{name} must be an id");
        Add($"{column} = @{name}", new NpgsqlParameter(name, NpgsqlDbType.Uuid) { Value = id });
        return null;
    }

    private ApiError? AddText(IQueryCollection request, string name, string column)
    {
        if (request[name].ToString() is not { Length: > 0 } text) return null;
        if (!IsText(text)) return ApiError.BadRequest($"{name} must be a text of at most {MaxText} characters");
        Add($"{column} = @{name}", new NpgsqlParameter(name, NpgsqlDbType.Text) { Value = text });
        return null;
    }

    // One that is none finds nothing, and looks as if nothing had been called.
    private ApiError? AddWord(IQueryCollection request, string name, string column, IReadOnlyList<string> words)
    {
        if (request[name].ToString() is not { Length: > 0 } text) return null;
        if (words.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) is not { } word)
            return ApiError.BadRequest($"{name} must be one of {string.Join(", ", words)}");
        Add($"{column} = @{name}", new NpgsqlParameter(name, NpgsqlDbType.Text) { Value = word });
        return null;
    }

    private ApiError? AddMap(IQueryCollection request)
    {
        if (request["map"].ToString() is not { Length: > 0 } text) return null;
        if (!Guid.TryParse(text, out var id)) return ApiError.BadRequest("map must be the id of a map; for labels of other kinds there is tag=mapId:…");
        Add("map_id = @map", new NpgsqlParameter("map", NpgsqlDbType.Text) { Value = id.ToString() });
        return null;
    }

    // 429, or 4xx.
    private ApiError? AddStatus(IQueryCollection request)
    {
        if (request["status"].ToString() is not { Length: > 0 } text) return null;
        var (low, high) = text is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X'] ? ((text[0] - '0') * 100, ((text[0] - '0') * 100) + 99)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? (status, status) : (0, 0);
        if (low == 0) return ApiError.BadRequest("status must be one, such as 429, or a class of them, such as 4xx");
        Add("status BETWEEN @low AND @high", new NpgsqlParameter("low", NpgsqlDbType.Integer) { Value = low });
        _parameters.Add(new NpgsqlParameter("high", NpgsqlDbType.Integer) { Value = high });
        return null;
    }

    // name, or name:value.
    private ApiError? AddTag(IQueryCollection request)
    {
        if (request["tag"].ToString() is not { Length: > 0 } text) return null;
        if (!IsText(text)) return ApiError.BadRequest($"tag must be a name, or name:value, of at most {MaxText} characters");
        var parts = text.Split(':', 2);
        Add(parts.Length == 1 ? "tags ? @tag" : "tags ->> @tag = @value", new NpgsqlParameter("tag", NpgsqlDbType.Text) { Value = parts[0] });
        if (parts.Length == 2) _parameters.Add(new NpgsqlParameter("value", NpgsqlDbType.Text) { Value = parts[1] });
        return null;
    }

    private void Add(string condition, NpgsqlParameter parameter)
    {
        _conditions.Add(condition);
        _parameters.Add(parameter);
    }

    private static bool IsText(string text) => text.Length <= MaxText && !text.Contains('\0', StringComparison.Ordinal);

    private static bool TryReadMoment(string? text, DateTimeOffset otherwise, out DateTimeOffset moment)
    {
        moment = otherwise;
        return string.IsNullOrEmpty(text)
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }
}
