using CartoPlatform.PostGis.Columns;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;

namespace CartoPlatform.PostGis.Filters;

/// <summary>
/// Writes conditions on one column. Values take the column's type rather than the other way round, so that its index can be used.
/// </summary>
internal sealed class ConditionWriter(ColumnReference reference, SqlParameterList parameters)
{
    private const string Nothing = "false";

    private readonly Column _column = reference.Column;

    public ApiError? Error { get; private set; }

    public string Write(FilterCondition condition) => condition switch
    {
        FilterCondition.In { Values.Count: 0 } => Nothing,
        FilterCondition.In filter => In(filter.Values),
        FilterCondition.Ranges filter => AnyOf(filter.Values, range => Range(range, filter.IncludeUpper)),
        FilterCondition.Time filter => AnyOf(filter.Values, TimeRange),
        FilterCondition.Search filter => new SearchWriter(TextSql, parameters).Write(filter),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    /// <summary>The column as text; text itself stays as it is, since only then an index on it counts.</summary>
    private string TextSql => _column.TypeName switch
    {
        "text" or "varchar" => reference.Sql,
        // Blanks at the end are none of a char(n)'s value.
        "bpchar" => $"{reference.Sql}::text",
        _ => ValueText.Sql(reference),
    };

    private string In(IReadOnlyList<FilterValue> values) => _column.Kind switch
    {
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 =>
            $"{reference.Sql} = ANY ({Add(Numbers(values).Where(WholeNumber.IsWhole).Select(value => WholeNumber.Floor(value)).ToArray())})",
        ColumnKind.Single => $"{reference.Sql} = ANY ({Add(Numbers(values).Select(value => (float)(value.Number ?? 0)).ToArray())})",
        ColumnKind.Double => $"{reference.Sql} = ANY ({Add(Numbers(values).Select(value => value.Number ?? 0).ToArray())})",
        ColumnKind.Numeric => $"{reference.Sql} = ANY ({Add(Numbers(values).Select(value => value.Text).ToArray())}::text[]::numeric[])",
        ColumnKind.Boolean => $"{reference.Sql} = ANY ({Add(values.Select(Boolean).ToArray())})",
        ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone =>
            $"{reference.Sql} = ANY ({Add(values.Select(value => value.Time).ToArray())}::text[]::timestamptz[])",
        ColumnKind.Text when _column.TypeName == "bpchar" => $"{reference.Sql} = ANY ({Add(values.Select(value => value.Text).ToArray())}::text[]::bpchar[])",
        _ => $"{TextSql} = ANY ({Add(values.Select(value => value.Text).ToArray())})",
    };

    private string Range(FilterRange range, bool includeUpper)
    {
        var below = includeUpper ? "<=" : "<";
        switch (_column.Kind)
        {
            case ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64:
                // A fraction between two whole numbers is the next of them: bounds stay integers, as the column is.
                return Between(range, below,
                    lower => Add(WholeNumber.Ceiling(Number(lower))),
                    upper => Add(includeUpper ? WholeNumber.Floor(Number(upper)) : WholeNumber.Ceiling(Number(upper))));
            case ColumnKind.Single:
                return Between(range, below, bound => Add((float)(Number(bound).Number ?? 0)));
            case ColumnKind.Double:
                return Between(range, below, bound => Add(Number(bound).Number ?? 0));
            case ColumnKind.Numeric:
                return Between(range, below, bound => $"{Add(Number(bound).Text)}::numeric");
            case ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone:
                return Between(range, below, bound => $"{Add(bound.Time)}::timestamptz");
            case ColumnKind.Text:
                return Between(range, below, bound => Add(bound.Text));
            default:
                return Fail("holds values that have no order to filter by");
        }
    }

    private string TimeRange(FilterRange range) => _column.Kind switch
    {
        ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone => Range(range, includeUpper: true),
        // Milliseconds since 1970 in a column of numbers are times to the client too.
        ColumnKind.Int64 or ColumnKind.Double or ColumnKind.Numeric => Range(range, includeUpper: true),
        _ => Fail("holds no times"),
    };

    private string Between(FilterRange range, string below, Func<FilterValue, string> bound) => Between(range, below, bound, bound);

    private string Between(FilterRange range, string below, Func<FilterValue, string> lower, Func<FilterValue, string> upper)
    {
        var sql = _column.Kind == ColumnKind.Text ? TextSql : reference.Sql;
        return range switch
        {
            { Lower: { } from, Upper: { } to } => $"({sql} >= {lower(from)} AND {sql} {below} {upper(to)})",
            { Lower: { } from } => IsNumber() ? $"({sql} >= {lower(from)} AND {sql} < 'NaN')" : $"{sql} >= {lower(from)}",
            { Upper: { } to } => $"{sql} {below} {upper(to)}",
            _ => IsNumber() ? $"{sql} < 'NaN'" : $"{sql} IS NOT NULL",
        };
    }

    // To PostgreSQL NaN is greater than all numbers; no range holds it.
    private bool IsNumber() => _column.Kind is ColumnKind.Single or ColumnKind.Double or ColumnKind.Numeric;

    private static string AnyOf(IReadOnlyList<FilterRange> ranges, Func<FilterRange, string> write) =>
        ranges.Count == 0 ? Nothing : $"({string.Join(" OR ", ranges.Select(write))})";

    private IEnumerable<FilterValue> Numbers(IReadOnlyList<FilterValue> values) => values.Select(Number);

    private FilterValue Number(FilterValue value)
    {
        if (value.Number is null) Fail($"holds numbers, which \"{value.Text}\" is not");
        return value;
    }

    private bool Boolean(FilterValue value)
    {
        if (value.Boolean is null) Fail($"holds booleans, which \"{value.Text}\" is not");
        return value.Boolean ?? false;
    }

    private string Fail(string what)
    {
        Error ??= ApiError.BadRequest($"The filter on {_column.Name} cannot be used: the column {what}");
        return Nothing;
    }

    private string Add<T>(T value) => parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
