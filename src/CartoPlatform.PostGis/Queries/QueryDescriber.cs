using System.Data;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Types;
using Npgsql;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Asks the database what a statement's columns and parameter types are, without running it (Parse and Describe).</summary>
public sealed class QueryDescriber(NpgsqlDataSource dataSource, TypeCatalog types)
{
    // "/* ", 19 digits, " */ ".
    private const int MarkLength = 26;

    private static long _descriptions;

    /// <summary>Describes on a connection of the pool.</summary>
    public async Task<DescribedQuery> DescribeAsync(BoundQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await DescribeAsync(connection, query, cancellationToken);
    }

    /// <summary>
    /// Opens a connection of this pool, describes on it, and hands both over. A pooled connection may have died unseen (the database
    /// was restarted): then it is tried once more, which is safe because nothing has run, and helps because Npgsql empties such a pool.
    /// </summary>
    public Task<(NpgsqlConnection Connection, DescribedQuery Query)> OpenAsync(
        NpgsqlDataSource pool, BoundQuery query, CancellationToken cancellationToken) =>
        OpenAsync(pool.OpenConnectionAsync, connection => DescribeAsync(connection, query, cancellationToken), cancellationToken);

    /// <summary>The same, to read: on a replica, where there is one that is fit for it.</summary>
    public Task<(NpgsqlConnection Connection, DescribedQuery Query)> OpenReaderAsync(
        DatabasePool pool, BoundQuery query, CancellationToken cancellationToken) =>
        OpenAsync(pool.OpenReaderAsync, connection => DescribeAsync(connection, query, cancellationToken), cancellationToken);

    /// <summary>The same for a statement of ours.</summary>
    public Task<(NpgsqlConnection Connection, DescribedQuery Query)> OpenReaderAsync(
        DatabasePool pool, string sql, SqlParameterList parameters, CancellationToken cancellationToken) =>
        OpenAsync(pool.OpenReaderAsync, connection => DescribeAsync(connection, sql, parameters.Items, cancellationToken), cancellationToken);

    /// <summary>The same for a statement of ours, whose values have their types.</summary>
    public Task<(NpgsqlConnection Connection, DescribedQuery Query)> OpenAsync(
        NpgsqlDataSource pool, string sql, SqlParameterList parameters, CancellationToken cancellationToken) =>
        OpenAsync(pool.OpenConnectionAsync, connection => DescribeAsync(connection, sql, parameters.Items, cancellationToken), cancellationToken);

    private static async Task<(NpgsqlConnection Connection, DescribedQuery Query)> OpenAsync(
        Func<CancellationToken, ValueTask<NpgsqlConnection>> openConnection, Func<NpgsqlConnection, Task<DescribedQuery>> describe, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = await openConnection(cancellationToken);
                var described = await describe(connection);
                (var open, connection) = (connection, null);
                return (open, described);
            }
            catch (NpgsqlException exception) when (!isRetry && connection is not null && IsLost(exception))
            {
                // Once more.
            }
            finally
            {
                if (connection is not null) await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Describes on this connection, which must not be in a transaction: what PostgreSQL refuses would end it.</summary>
    /// <exception cref="PostgresException">The statement is wrong, or no form of its values fits.</exception>
    public Task<DescribedQuery> DescribeAsync(NpgsqlConnection connection, BoundQuery query, CancellationToken cancellationToken) =>
        DescribeAsync(connection, query, transaction: null, cancellationToken);

    /// <summary>Describes in the middle of a transaction, which sees what it has made. Forms that PostgreSQL refuses do not end it.</summary>
    /// <exception cref="PostgresException">The statement is wrong, or no form of its values fits.</exception>
    public async Task<DescribedQuery> DescribeAsync(
        NpgsqlConnection connection, BoundQuery query, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        const string Savepoint = "described";
        // Without values there is nothing to try again.
        if (query.Values.Count == 0) transaction = null;
        if (transaction is not null) await transaction.SaveAsync(Savepoint, cancellationToken);
        var forms = new ParameterForms(query);
        PostgresException? refusal = null;
        while (true)
        {
            try
            {
                var described = await DescribeAsync(connection, forms.Query.Sql, [.. forms.Current.Select(form => form.ToParameter())], cancellationToken);
                if (transaction is not null) await transaction.ReleaseAsync(Savepoint, cancellationToken);
                return described;
            }
            catch (PostgresException exception)
            {
                var position = ToIndex(forms.Query.Sql, exception.Position - MarkLength);
                SqlPosition.Note(exception, forms.Query, position);
                if (!IsAboutTypes(exception.SqlState)) throw;
                if (transaction is not null) await transaction.RollbackAsync(Savepoint, cancellationToken);
                // The first refusal is of the types that the values have by themselves: it explains best.
                refusal ??= exception;
                var isConflict = exception.SqlState == PostgresErrorCodes.AmbiguousParameter;
                if (!forms.TryNext(position, isConflict)) ExceptionDispatchInfo.Throw(refusal);
            }
        }
    }

    private static bool IsLost(NpgsqlException exception) => exception is PostgresException postgres
        ? postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        : exception.InnerException is IOException or SocketException;

    // PostgreSQL counts characters from 1, and those of the mark are none of the statement's; a character beyond the basic plane is two in .NET.
    private static int ToIndex(string sql, int position)
    {
        var index = 0;
        for (var left = position - 1; left > 0 && index < sql.Length; left--) index += char.IsHighSurrogate(sql[index]) ? 2 : 1;
        return position < 1 ? -1 : index;
    }

    private static bool IsAboutTypes(string sqlState) => sqlState is
        PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.AmbiguousFunction or PostgresErrorCodes.IndeterminateDatatype
        or PostgresErrorCodes.DatatypeMismatch or PostgresErrorCodes.CannotCoerce or PostgresErrorCodes.AmbiguousParameter
        or PostgresErrorCodes.WrongObjectType;

    private async Task<DescribedQuery> DescribeAsync(
        NpgsqlConnection connection, string sql, IReadOnlyList<NpgsqlParameter> values, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var oids = new List<uint>();
        await using (var command = new NpgsqlCommand(Unprepared(sql), connection))
        {
            foreach (var value in values) command.Parameters.Add(value.Clone());
            if (values.Count == 0) command.Parameters.Add(DescribedQuery.UnusedParameter());
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
            for (var index = 0; index < reader.FieldCount; index++)
            {
                names.Add(reader.GetName(index));
                oids.Add(reader.GetDataTypeOID(index));
            }
        }

        var found = await types.FindAsync(connection, oids, cancellationToken);
        return new DescribedQuery(sql, values, [.. found.Select((type, index) => ToColumn(names[index], type))], found);
    }

    // Npgsql answers for a statement it has prepared what it was told then, and a table may have changed since. Nothing prepares a text
    // that comes once. The mark stands in front: PostgreSQL repeats the rest of a text with an open quote in its error.
    private static string Unprepared(string sql) =>
        string.Create(CultureInfo.InvariantCulture, $"/* {Interlocked.Increment(ref _descriptions):D19} */ {sql}");

    private static Column ToColumn(string name, PostgresTypeInfo type) =>
        new(name, type.Name, type.Kind == PostgresTypeKind.Enum ? ColumnKind.Text : type.Element is not null ? ColumnKind.Array : ColumnKinds.FromTypeName(type.Name));
}
