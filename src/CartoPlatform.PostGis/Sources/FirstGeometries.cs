using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;

namespace CartoPlatform.PostGis.Sources;

/// <summary>
/// Looks at the first row where a spatial column's type says nothing (a query's result, mostly). That look is remembered for ten
/// seconds, so that a burst of requests takes it once.
/// </summary>
public sealed class FirstGeometries(TimeProvider time)
{
    private readonly RecentAnswers<FirstGeometry> _answers = new(TimeSpan.FromSeconds(10), time);

    public ValueTask<FirstGeometry> FindAsync(DatabasePool pool, RowSource rows, ColumnReference column, CancellationToken cancellationToken)
    {
        var question = $"{pool.Record.Id}/{pool.Record.Revision}/{column.Sql}/{rows.Key}";
        return _answers.FindAsync(question, () => ReadAsync(pool, rows, column, cancellationToken), first => first.Type is not null);
    }

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget() => _answers.Clear();

    private static async ValueTask<FirstGeometry> ReadAsync(DatabasePool pool, RowSource rows, ColumnReference column, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(
            $"SELECT ST_SRID({column.Sql}::geometry), GeometryType({column.Sql}::geometry) FROM {rows.FromSql} WHERE {column.Sql} IS NOT NULL LIMIT 1");
        rows.CreateParameters().CopyTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new FirstGeometry(reader.GetInt32(0), reader.GetString(1)) : default;
    }
}

/// <param name="Srid">0 where the data says none.</param>
/// <param name="Type">As PostGIS writes it, upper case; null without rows.</param>
public readonly record struct FirstGeometry(int Srid, string? Type);
