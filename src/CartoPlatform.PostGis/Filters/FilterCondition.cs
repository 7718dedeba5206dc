namespace CartoPlatform.PostGis.Filters;

/// <summary>One condition on one column (contract, section 8.1). A row whose value is null passes none.</summary>
internal abstract record FilterCondition
{
    private FilterCondition()
    {
    }

    /// <summary>The value is one of these.</summary>
    public sealed record In(IReadOnlyList<FilterValue> Values) : FilterCondition;

    /// <summary>The value is in one of the ranges; they include their upper end or not.</summary>
    public sealed record Ranges(IReadOnlyList<FilterRange> Values, bool IncludeUpper) : FilterCondition;

    /// <summary>The time is in one of the ranges, both ends included.</summary>
    public sealed record Time(IReadOnlyList<FilterRange> Values) : FilterCondition;

    /// <summary>The value's text matches one of these.</summary>
    public sealed record Search(IReadOnlyList<string> Texts, SearchOptions Options) : FilterCondition;
}

/// <param name="Lower">Null: no lower end.</param>
/// <param name="Upper">Null: no upper end.</param>
internal sealed record FilterRange(FilterValue? Lower, FilterValue? Upper);

/// <summary>The <c>params</c> of <c>stringSearch</c>; all false: a part of the text, whatever its case and accents.</summary>
internal sealed record SearchOptions(bool UseRegExp, bool MustStart, bool MustEnd, bool CaseSensitive, bool KeepSpecialCharacters);

/// <summary>The conditions on one column, all of which must hold.</summary>
internal sealed record ColumnFilter(string Column, IReadOnlyList<FilterCondition> Conditions);
