using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Expressions;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.SqlApi.Models;

/// <summary>What a model makes its statement of. Errors gather in <see cref="Params"/>: of a statement with one nothing is used.</summary>
/// <param name="Params">The model's own parameters.</param>
/// <param name="Rows">The source.</param>
/// <param name="Values">Placeholders; those of the source and its filters are there already.</param>
/// <param name="Condition">The filters; null without any.</param>
/// <param name="Spatial">The spatial column; null where the source has none of that name.</param>
/// <param name="SpatialSchema">Where PostGIS is; null in a database without.</param>
internal sealed record ModelContext(ModelParams Params, RowSource Rows, SqlParameterList Values, string? Condition, ColumnReference? Spatial,
    string? SpatialSchema)
{
    // Stands for a column that there is not, in a statement that is not used.
    private static readonly ColumnReference None = new(new Column("", "int4", ColumnKind.Int32), "NULL");

    /// <summary>Whether a spatial filter is among the conditions.</summary>
    public bool IsInViewport { get; init; }

    /// <summary>Whether a user's expression is part of the statement.</summary>
    public bool HoldsExpression { get; private set; }

    /// <summary>FROM and WHERE: the source's rows that pass the filters, and these conditions as well.</summary>
    public string From(params ReadOnlySpan<string?> conditions)
    {
        var all = new List<string>();
        if (Condition is not null) all.Add(Condition);
        foreach (var condition in conditions)
        {
            if (condition is not null) all.Add(condition);
        }

        return all.Count == 0 ? $"FROM {Rows.FromSql}" : $"FROM {Rows.FromSql} WHERE {string.Join(" AND ", all)}";
    }

    public ColumnReference Column(string name)
    {
        if (ColumnReference.Find(Rows.Columns, name) is { } column) return column;
        Params.Fail(ApiError.ColumnNotFound(name));
        return None;
    }

    /// <summary>The column that a parameter names.</summary>
    public ColumnReference ColumnOf(string parameter) => Params.RequiredText(parameter) is { Length: > 0 } name ? Column(name) : None;

    /// <summary>A user's aggregate in SQL.</summary>
    public string Expression(string text)
    {
        try
        {
            return ToSql(AggregateExpression.Parse(text));
        }
        catch (ExpressionException exception)
        {
            Params.Fail(exception.Message);
            return None.Sql;
        }
    }

    /// <summary>A user's list of aggregates with their aliases.</summary>
    public IReadOnlyList<(string Alias, string Sql)> Expressions(string text)
    {
        try
        {
            return [.. AggregateExpressionList.Parse(text).Items.Select(item => (item.Alias, ToSql(item.Expression)))];
        }
        catch (ExpressionException exception)
        {
            Params.Fail(exception.Message);
            return [];
        }
    }

    public string Add<T>(T value) => Values.Add(new NpgsqlParameter<T> { TypedValue = value });

    public string AddTexts(IReadOnlyList<string> texts) =>
        Values.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    private string ToSql(AggregateExpression expression)
    {
        HoldsExpression = true;
        if (expression.FindMissingColumn(Rows.Columns) is not { } missing) return expression.ToSql(Rows.Columns, SpatialSchema);
        Params.Fail(ApiError.ColumnNotFound(missing));
        return None.Sql;
    }
}
