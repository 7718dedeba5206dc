using System.Buffers.Binary;
using System.Data;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Queries;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>Sends a statement and passes its rows on to the client as they come from the database.</summary>
internal sealed class ResultStreamer(IOptions<QueryLimits> options)
{
    private readonly QueryLimits _limits = options.Value;

    /// <returns>Null when all rows are written.</returns>
    public async Task<ApiError?> StreamAsync(
        NpgsqlConnection connection, ResultStatement statement, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        await using var command = statement.CreateCommand(connection, _limits.MaxRows);
        // A row that is too large is not to be in memory before its size is known.
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        await using var row = new ResultRow(command, reader, statement.Columns.Count + (statement.IsCounted ? 1 : 0), _limits.MaxRowBytes);
        var isComplete = false;
        try
        {
            var error = await StreamAsync(row, statement, writer, output, cancellationToken);
            isComplete = error is null;
            return error;
        }
        finally
        {
            // To close a result is to read the rest of it: the statement has to end first.
            if (!isComplete) row.Cancel();
        }
    }

    private async Task<ApiError?> StreamAsync(
        ResultRow row, ResultStatement statement, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        writer.Begin(statement.Columns, output.Buffer);
        while (await row.NextAsync(cancellationToken))
        {
            await row.LoadAsync(cancellationToken);
            if (output.Rows == _limits.MaxRows || (output.Rows == 0 && statement.IsCounted && CountOf(row, statement) > _limits.MaxRows))
                return ApiError.BadRequest($"The result has more than {_limits.MaxRows} rows: narrow it, or page through it with LIMIT and OFFSET");
            writer.WriteRow(row, output.Buffer);
            output.Rows++;
            await output.FlushAsync(writer.ContentType, cancellationToken);
        }

        writer.End(output.Buffer);
        return null;
    }

    private static long CountOf(ResultRow row, ResultStatement statement) =>
        row.TryGet(statement.Columns.Count, out var count) ? BinaryPrimitives.ReadInt64BigEndian(count) : 0;
}
