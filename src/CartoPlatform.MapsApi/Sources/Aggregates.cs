using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Expressions;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>A value of a group of rows.</summary>
/// <param name="Sql">The caller's expression, over the rows of the group.</param>
/// <param name="Column">The alias exactly as written, and the type.</param>
internal sealed record Aggregate(string Sql, Column Column);

/// <summary>
/// From <c>aggregationExp</c> to values of groups of rows. The database tells their types; as with queries, that is trusted for two
/// seconds, so that a burst of tiles asks once.
/// </summary>
internal sealed class Aggregates(TimeProvider time)
{
    private readonly RecentAnswers<IReadOnlyList<Column>> _types = new(TimeSpan.FromSeconds(2), time);

    public void Forget() => _types.Clear();

    public async ValueTask<Outcome<IReadOnlyList<Aggregate>>> FindAsync(DatabasePool pool, RowSource rows, string text, CancellationToken cancellationToken)
    {
        if (Parse(text, rows, out var list) is { } wrong) return wrong;

        var schema = await pool.SpatialSchema.FindAsync(cancellationToken);
        string[] values = [.. list!.Items.Select(item => item.Expression.ToSql(rows.Columns, schema))];
        var types = await _types.FindAsync(
            $"{pool.Record.Id}/{pool.Record.Revision}/{text}/{rows.Key}", () => DescribeAsync(pool, rows, values, cancellationToken), _ => true);
        return list.Items.Select((item, index) => new Aggregate(values[index], types[index] with { Name = item.Alias })).ToArray();
    }

    private static ApiError? Parse(string text, RowSource rows, out AggregateExpressionList? list)
    {
        list = null;
        try
        {
            list = AggregateExpressionList.Parse(text);
            return list.FindMissingColumn(rows.Columns) is { } missing ? ApiError.ColumnNotFound(missing) : null;
        }
        catch (ExpressionException exception)
        {
            return ApiError.BadRequest($"The parameter {ParameterNames.AggregationExp}: {exception.Message}");
        }
    }

    private static async ValueTask<IReadOnlyList<Column>> DescribeAsync(
        DatabasePool pool, RowSource rows, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        var sql = $"SELECT {string.Join(", ", values)} FROM {rows.FromSql}";
        var (connection, described) = await pool.Describer.OpenAsync(pool.Reader, sql, rows.CreateParameters(), cancellationToken);
        await connection.DisposeAsync();
        return described.Columns;
    }
}
