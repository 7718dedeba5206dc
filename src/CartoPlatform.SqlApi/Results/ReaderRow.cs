using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>Rows by Npgsql's reader, which does not hold them (<c>SequentialAccess</c>).</summary>
internal sealed class ReaderRow(NpgsqlCommand command, NpgsqlDataReader reader, int columns, int maxBytes) : ResultRow(columns, maxBytes)
{
    // What is smaller has come with the bytes before it, or is on its way in the same packet.
    private const int LargeBytes = 4 * 1_024;

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
            if (length < LargeBytes) reader.GetBytes(column, 0, Bytes, end, length);
            else await ReadLargeAsync(column, end, length, cancellationToken);
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

    private async ValueTask ReadLargeAsync(int column, int start, int length, CancellationToken cancellationToken)
    {
        await using var value = await reader.GetStreamAsync(column, cancellationToken);
        await value.ReadExactlyAsync(Bytes.AsMemory(start, length), cancellationToken);
    }
}
