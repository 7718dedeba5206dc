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
        var reader = await command.ExecuteReaderAsync(cancellationToken);
        var isComplete = false;
        try
        {
            var error = await StreamAsync(reader, statement, writer, output, cancellationToken);
            isComplete = error is null;
            return error;
        }
        finally
        {
            // Closing a reader reads the rest of the result: the statement has to end first.
            if (!isComplete) command.Cancel();
            await reader.DisposeAsync();
        }
    }

    private async Task<ApiError?> StreamAsync(
        NpgsqlDataReader reader, ResultStatement statement, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        using var row = new ResultRow(reader, _limits.MaxRowBytes);
        writer.Begin(statement.Columns, output.Buffer);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (output.Rows == _limits.MaxRows || (output.Rows == 0 && statement.IsCounted && reader.GetInt64(statement.Columns.Count) > _limits.MaxRows))
                return ApiError.BadRequest($"The result has more than {_limits.MaxRows} rows: narrow it, or page through it with LIMIT and OFFSET");
            writer.WriteRow(row, output.Buffer);
            output.Rows++;
            await output.FlushAsync(writer.ContentType, cancellationToken);
        }

        writer.End(output.Buffer);
        return null;
    }
}
