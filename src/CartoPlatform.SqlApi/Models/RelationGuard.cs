using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;

namespace CartoPlatform.SqlApi.Models;

/// <summary>
/// A second lock on statements that hold a user's expression: PostgreSQL's plan for one may read the relations of the source, and no
/// other. The grammar of expressions has no place for a relation; this one holds should it ever have a gap.
/// </summary>
internal sealed class RelationGuard(TimeProvider time)
{
    // Views and functions may come to mean something else.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly RecentAnswers<PlannedRelation?> _strangers = new(Lifetime, time);

    /// <param name="pool">Where the statement is to run.</param>
    /// <param name="rows">Its source.</param>
    /// <param name="statement">The whole of it.</param>
    /// <param name="connection">Open; not used for a statement that passed a moment ago.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    /// <returns>Null when the statement may run.</returns>
    public async ValueTask<ApiError?> CheckAsync(
        DatabasePool pool, RowSource rows, DescribedQuery statement, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The key of the source has the values of its placeholders, by which a plan may leave relations out.
        var key = $"{pool.Record.Id}/{pool.Record.Revision}/{rows.Key}/{statement.Sql}";
        var stranger = await _strangers.FindAsync(key, () => FindStrangerAsync(rows, statement, connection, cancellationToken), found => found is null);
        return stranger is null ? null : ApiError.Forbidden($"An expression may not read {stranger.Schema}.{stranger.Name}, which is not of the source");
    }

    private static async ValueTask<PlannedRelation?> FindStrangerAsync(
        RowSource rows, DescribedQuery statement, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var read = await ExplainAsync(statement.Sql, statement, connection, cancellationToken);
        if (rows.Relation is { } table) read.Remove(new PlannedRelation(table.Schema, table.Name));
        if (read.Count == 0) return null;

        // Views, partitions and queries: what they read, only their own plan tells.
        read.ExceptWith(await ExplainAsync($"SELECT * FROM {rows.FromSql}", rows.Query, connection, cancellationToken));
        return read.FirstOrDefault();
    }

    private static async Task<HashSet<PlannedRelation>> ExplainAsync(
        string sql, DescribedQuery? values, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"EXPLAIN (FORMAT JSON, VERBOSE, COSTS false) {sql}", connection);
        values?.AddParameters(command.Parameters);
        return PlannedRelation.ReadAll((string)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}
