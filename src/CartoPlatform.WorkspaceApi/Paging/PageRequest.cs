using System.Globalization;
using CartoPlatform.ServiceDefaults.Errors;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Paging;

/// <summary>
/// Which part of a list a caller wants: <c>page</c> from 1 on, <c>pageSize</c> (also <c>page_size</c>, as other lists of the contract
/// spell it) and <c>search</c>.
/// </summary>
internal sealed record PageRequest(int Number, int Size, string? Search)
{
    public const int MaxSize = 1_000;

    private const int MaxNumber = 1_000_000;
    private const int MaxSearchLength = 200;

    /// <summary>Reads the parameters of a request; the error to answer where one is wrong.</summary>
    /// <param name="query">The request's.</param>
    /// <param name="defaultSize">Size of a page that does not say it.</param>
    /// <param name="page">The page.</param>
    public static ApiError? TryRead(IQueryCollection query, int defaultSize, out PageRequest page)
    {
        page = new PageRequest(1, defaultSize, null);
        if (!TryReadNumber(query["page"], 1, MaxNumber, out var number)) return ApiError.BadRequest($"page must be a number from 1 to {MaxNumber}");
        var name = query.ContainsKey("pageSize") || !query.ContainsKey("page_size") ? "pageSize" : "page_size";
        if (!TryReadNumber(query[name], defaultSize, MaxSize, out var size)) return ApiError.BadRequest($"{name} must be a number from 1 to {MaxSize}");
        var search = query["search"].ToString();
        if (search.Length > MaxSearchLength || search.Contains('\0', StringComparison.Ordinal))
            return ApiError.BadRequest($"search must be a text of at most {MaxSearchLength} characters");
        page = new PageRequest(number, size, search.Length == 0 ? null : search);
        return null;
    }

    /// <summary>Reads the page of what a SELECT gives. It may use <c>@search</c>, which is null without one.</summary>
    public async Task<Page<T>> ReadAsync<T>(
        NpgsqlConnection connection, string select, string order, object parameters, CancellationToken cancellationToken)
    {
        var bound = new DynamicParameters(parameters);
        bound.Add("search", Search, System.Data.DbType.String);
        bound.Add("skip", (long)(Number - 1) * Size);
        bound.Add("take", Size);
        var items = (await connection.QueryAsync<T>(new CommandDefinition(
            $"{select} ORDER BY {order} OFFSET @skip LIMIT @take", bound, cancellationToken: cancellationToken))).AsList();
        // The first page that is not full tells the total by itself.
        var isWhole = Number == 1 && items.Count < Size;
        var total = isWhole ? items.Count : await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT count(*) FROM ({select}) AS listed", bound, cancellationToken: cancellationToken));
        return new Page<T>(items, total);
    }

    private static bool TryReadNumber(string? text, int otherwise, int max, out int number)
    {
        number = otherwise;
        if (string.IsNullOrEmpty(text)) return true;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
    }
}
