using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.PostGis.Cells;

/// <summary>
/// The resolution of the cells in a column: the finest among its first thousand. That look is remembered for ten seconds, so that a
/// burst of requests takes it once.
/// </summary>
public sealed class CellResolutions(TimeProvider time)
{
    private const int Sample = 1_000;

    private readonly RecentAnswers<int?> _answers = new(TimeSpan.FromSeconds(10), time);

    /// <summary>Null where the column has no cells.</summary>
    public ValueTask<int?> FindAsync(DatabasePool pool, RowSource rows, CellColumn column, CancellationToken cancellationToken)
    {
        var question = $"{pool.Record.Id}/{pool.Record.Revision}/{column.Scheme.Name}/{column.Reference.Sql}/{rows.Key}";
        return _answers.FindAsync(question, () => ReadAsync(pool, rows, column, cancellationToken), resolution => resolution is not null);
    }

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget() => _answers.Clear();

    private static async ValueTask<int?> ReadAsync(DatabasePool pool, RowSource rows, CellColumn column, CancellationToken cancellationToken)
    {
        var cells = new CellSql(column.Scheme);
        await using var command = pool.Reader.CreateCommand($"""
            SELECT max({cells.Resolution("t.cell")})
            FROM (SELECT k.cell FROM {rows.FromSql} {column.LateralSql} WHERE {cells.IsValid("k.cell")} LIMIT {Sample}) AS t
            """);
        rows.CreateParameters().CopyTo(command.Parameters);
        return await command.ExecuteScalarAsync(cancellationToken) as int?;
    }
}
