using System.Globalization;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>A page of the list of jobs, newest first.</summary>
internal sealed record JobList(IReadOnlyList<Job> Jobs, int Page, int PageSize, long Total);

/// <summary>Which page is asked for; counted from 1.</summary>
internal readonly record struct JobPage(int Number, int Size)
{
    private const int MaxNumber = 1_000_000;
    private const int DefaultSize = 50;
    private const int MaxSize = 100;

    public static (JobPage Page, ApiError? Error) Read(IQueryCollection query)
    {
        if (!TryRead(query["page"], 1, MaxNumber, out var number))
            return (default, ApiError.BadRequest($"The parameter page must be a whole number from 1 to {MaxNumber}"));
        return TryRead(query["pageSize"], DefaultSize, MaxSize, out var size)
            ? (new JobPage(number, size), null)
            : (default, ApiError.BadRequest($"The parameter pageSize must be a whole number from 1 to {MaxSize}"));
    }

    private static bool TryRead(string? text, int missing, int max, out int value)
    {
        value = missing;
        return string.IsNullOrEmpty(text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= max);
    }
}
