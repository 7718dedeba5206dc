using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.PostGis.Filters;

/// <summary>Makes a condition in SQL of the <c>filters</c> that clients send. Values become parameters, columns come from the catalogue.</summary>
public static class FilterCompiler
{
    /// <summary>Far below the 65,535 parameters that PostgreSQL takes.</summary>
    private const int MaxParameters = 10_000;

    /// <param name="filters">The JSON object of the contract, section 8.1.</param>
    /// <param name="together">How the columns go together; the conditions on one column must all hold.</param>
    /// <param name="columns">The columns that can be filtered.</param>
    /// <param name="parameters">Where the values go, behind those it holds already.</param>
    /// <param name="sql">A condition in brackets; null when the filters say nothing.</param>
    /// <param name="error">What answers the request when they cannot be used.</param>
    public static bool TryCompile(
        JsonElement filters, FilterOperator together, IReadOnlyList<ColumnReference> columns, SqlParameterList parameters,
        out string? sql, [NotNullWhen(false)] out ApiError? error)
    {
        sql = null;
        var reader = new FilterReader();
        var read = reader.Read(filters);
        error = reader.Error;
        if (error is not null) return false;

        var conditions = new List<string>();
        foreach (var filter in read.Where(filter => filter.Conditions.Count > 0))
        {
            error = Compile(filter, columns, parameters, conditions);
            if (error is not null) return false;
        }

        if (conditions.Count > 0) sql = $"({string.Join(together == FilterOperator.And ? " AND " : " OR ", conditions)})";
        return true;
    }

    private static ApiError? Compile(ColumnFilter filter, IReadOnlyList<ColumnReference> columns, SqlParameterList parameters, List<string> conditions)
    {
        var reference = ColumnReference.Find(columns, filter.Column);
        if (reference is null) return ApiError.ColumnNotFound(filter.Column);
        if (reference.Column.IsSpatial) return ApiError.BadRequest($"The column {filter.Column} holds geometry, which filters do not compare");

        var writer = new ConditionWriter(reference, parameters);
        conditions.Add($"({string.Join(" AND ", filter.Conditions.Select(writer.Write))})");
        if (writer.Error is not null) return writer.Error;
        return parameters.Count > MaxParameters ? ApiError.BadRequest($"The filters hold more than {MaxParameters} ranges") : null;
    }
}
