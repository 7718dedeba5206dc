using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.PostGis.Filters;

/// <summary>From the JSON of <c>filters</c> to conditions. The first thing wrong is the <see cref="Error"/>.</summary>
internal sealed class FilterReader
{
    /// <summary>More than any legend or selection has.</summary>
    private const int MaxValues = 10_000;

    // Every row is compared with every text, and takes the longer the longer they are.
    private const int MaxSearchTexts = 100;
    private const int MaxSearchCharacters = 4_000;

    public ApiError? Error { get; private set; }

    public IReadOnlyList<ColumnFilter> Read(JsonElement filters)
    {
        if (!IsObject(filters, "filters")) return [];
        var columns = new List<ColumnFilter>();
        foreach (var member in filters.EnumerateObject())
        {
            if (!JsonText.TryReadName(member, out var column) || column.Contains('\0', StringComparison.Ordinal)) Fail("A column's name in filters is not valid Unicode");
            else if (IsObject(member.Value, $"The filter on {column}"))
                columns.Add(new ColumnFilter(column, [.. member.Value.EnumerateObject().Select(condition => ReadCondition(column, condition)).OfType<FilterCondition>()]));
            if (Error is not null) return [];
        }

        return columns;
    }

    private FilterCondition? ReadCondition(string column, JsonProperty condition)
    {
        if (!JsonText.TryReadName(condition, out var type) || !IsObject(condition.Value, $"The filter {type} on {column}")) return null;
        if (!condition.Value.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Array || values.GetArrayLength() > MaxValues)
        {
            Fail($"The filter {type} on {column} needs values: an array of at most {MaxValues} entries");
            return null;
        }

        switch (type)
        {
            case "in":
                return new FilterCondition.In([.. values.EnumerateArray().Select(value => ReadScalar(column, value)).OfType<FilterValue>()]);
            case "between":
                return new FilterCondition.Ranges(ReadRanges(column, values), IncludeUpper: true);
            case "closed_open":
                return new FilterCondition.Ranges(ReadRanges(column, values), IncludeUpper: false);
            case "time":
                return new FilterCondition.Time(ReadRanges(column, values));
            case "stringSearch":
                return new FilterCondition.Search(ReadTexts(column, values), ReadOptions(column, condition.Value));
            default:
                Fail($"The filter type {type} is not one of in, between, closed_open, time, stringSearch");
                return null;
        }
    }

    private List<string> ReadTexts(string column, JsonElement values)
    {
        List<string> texts = [.. values.EnumerateArray().Select(value => ReadScalar(column, value)).OfType<FilterValue>().Select(value => value.Text)];
        if (texts.Count > MaxSearchTexts || texts.Sum(text => text.Length) > MaxSearchCharacters)
            Fail($"The filter stringSearch on {column} takes at most {MaxSearchTexts} texts, of {MaxSearchCharacters} characters together");
        return texts;
    }

    private List<FilterRange> ReadRanges(string column, JsonElement values)
    {
        var ranges = new List<FilterRange>();
        foreach (var pair in values.EnumerateArray())
        {
            if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() <= 2) ranges.Add(new FilterRange(ReadBound(column, pair, 0), ReadBound(column, pair, 1)));
            else Fail($"The filter on {column} needs pairs of a lower and an upper end");
        }

        return ranges;
    }

    private FilterValue? ReadBound(string column, JsonElement pair, int index) =>
        index < pair.GetArrayLength() ? ReadScalar(column, pair[index]) : null;

    // Null is a missing value: no row passes for it, and a range without that end has none.
    private FilterValue? ReadScalar(string column, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Number:
                return new FilterValue(FilterValueKind.Number, json.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return new FilterValue(FilterValueKind.Boolean, json.GetRawText());
            case JsonValueKind.String when JsonText.TryRead(json, out var text) && !text.Contains('\0', StringComparison.Ordinal):
                return new FilterValue(FilterValueKind.Text, text);
            default:
                Fail($"The filter on {column} holds a value that is no number, text or boolean");
                return null;
        }
    }

    private SearchOptions ReadOptions(string column, JsonElement filter)
    {
        if (!filter.TryGetProperty("params", out var options) || options.ValueKind == JsonValueKind.Null) return new SearchOptions(false, false, false, false, false);
        if (!IsObject(options, $"The params of the filter stringSearch on {column}")) return new SearchOptions(false, false, false, false, false);
        return new SearchOptions(Flag("useRegExp"), Flag("mustStart"), Flag("mustEnd"), Flag("caseSensitive"), Flag("keepSpecialCharacters"));

        bool Flag(string name)
        {
            if (!options.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.False) return false;
            if (value.ValueKind != JsonValueKind.True) Fail($"The param {name} of the filter stringSearch on {column} must be true or false");
            return true;
        }
    }

    private bool IsObject(JsonElement json, string what)
    {
        if (json.ValueKind != JsonValueKind.Object) Fail($"{what} must be a JSON object");
        return json.ValueKind == JsonValueKind.Object;
    }

    private void Fail(string error) => Error ??= ApiError.BadRequest(error);
}
