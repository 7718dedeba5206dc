using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Expressions;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>
/// From a request for cells to its layer. The database tells the types of the caller's expressions; as with queries, that is trusted for
/// two seconds, so that a burst of tiles asks once.
/// </summary>
internal sealed class CellLayers(CellResolutions resolutions, TimeProvider time)
{
    private readonly RecentAnswers<IReadOnlyList<Column>> _types = new(TimeSpan.FromSeconds(2), time);

    public void Forget()
    {
        resolutions.Forget();
        _types.Clear();
    }

    /// <returns>Null for geometry.</returns>
    public async ValueTask<Outcome<CellLayer>?> FindAsync(
        DatabasePool pool, RowSource rows, MapRequest request, SpatialColumn spatial, CancellationToken cancellationToken)
    {
        if (request is not { Scheme: { } scheme, AggregationExp: { } text }) return null;

        var stored = spatial.Column.IsSpatial ? null : new CellColumn(spatial.Reference, scheme);
        if (Check(stored, spatial) is { } error) return error;
        if (Parse(text, rows, out var list) is { } wrong) return wrong;

        var schema = await pool.SpatialSchema.FindAsync(cancellationToken);
        string[] values = [.. list!.Items.Select(item => item.Expression.ToSql(rows.Columns, schema))];
        var types = await _types.FindAsync(
            $"{pool.Record.Id}/{pool.Record.Revision}/{text}/{rows.Key}", () => DescribeAsync(pool, rows, values, cancellationToken), _ => true);
        return new CellLayer
        {
            Scheme = scheme,
            Level = request.AggregationLevel,
            Stored = stored,
            DataResolution = stored is null ? null : await resolutions.FindAsync(pool, rows, stored, cancellationToken),
            ValueSql = values,
            Values = [.. list.Items.Select((item, index) => new ColumnReference(types[index] with { Name = item.Alias }, CellTileSql.Value(index)))],
        };
    }

    private static ApiError? Check(CellColumn? stored, SpatialColumn spatial)
    {
        if (stored is not null)
            return CellColumn.CanHold(stored.Reference.Column) ? null : ApiError.BadRequest($"The column {spatial.Column.Name} holds no {stored.Scheme.Name} cells");
        return spatial.IsPoints || spatial.DisplayType is null ? null : ApiError.BadRequest($"The column {spatial.Column.Name} holds no points: cells are made of points only");
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
