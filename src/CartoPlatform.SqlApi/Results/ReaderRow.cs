using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>Rows by Npgsql's reader, which does not hold them (<c>SequentialAccess</c>).</summary>
internal sealed class ReaderRow(NpgsqlCommand command, NpgsqlDataReader reader, int columns, int maxBytes) : ResultRow(columns, maxBytes)
{
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) return false;
        var end = 0;
        for (var column = 0; column < ColumnCount; column++)
        {
            if (await reader.IsDBNullAsync(column, cancellationToken))
            {
                Place(column, end, -1);
                continue;
            }

            var length = (int)reader.GetBytes(column, 0, null, 0, 0);
            Place(column, end, length);
            Reserve(end + length, end);
            // Npgsql gives a stream, which could be awaited, only of types that it knows: a geometry is none.
            for (var read = 0; read < length;) read += (int)reader.GetBytes(column, read, Bytes, end + read, length - read);
            end += length;
        }

        return true;
    }

    public override Task CancelAsync()
    {
        command.Cancel();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await base.DisposeAsync();
    }
}
