using System.Data;
using System.Globalization;
using System.Text;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.Tiles.Thinning;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.MapsApi.Overviews;

/// <summary>Reads a table once and makes its overview, on a connection of its own: those of the pool stay free for tiles.</summary>
internal static class OverviewScan
{
    // Of a place in a table, block and line fit a 64-bit integer.
    private const int LineBits = 16;

    // A point with height, measure and reference system has 41.
    private const int BufferBytes = 64;

    /// <returns>Whether it is of the version that was asked for; the overview, or null where the table holds what none can.</returns>
    public static async Task<(bool IsCurrent, PointOverview? Overview)> RunAsync(MapSource source, OverviewOptions options, CancellationToken cancellationToken)
    {
        await using var database = source.Pool.OpenForScan("CartoPlatform overview", options.ScanTimeLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand($"SELECT {source.Spatial.EncodableSql}::bytea, s.ctid FROM {source.FromSql}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        // The statement has its snapshot: if nothing has changed until now, that is of the version that was asked for.
        if (!await source.Reading.HoldsAsync(cancellationToken)) return (false, null);

        var builder = new PointOverviewBuilder(options.Level, options.MaxCells);
        var buffer = new byte[BufferBytes];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!Add(reader, builder, ref buffer)) return (true, null);
        }

        return (true, builder.Build());
    }

    /// <summary>Places in a table as the text of an array of them.</summary>
    public static string ToTids(IEnumerable<long> addresses)
    {
        var text = new StringBuilder("{");
        foreach (var address in addresses)
            text.Append(text.Length == 1 ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"({address >> LineBits},{(ushort)address})\"");
        return text.Append('}').ToString();
    }

    private static bool Add(NpgsqlDataReader reader, PointOverviewBuilder builder, ref byte[] buffer)
    {
        if (reader.IsDBNull(0)) return true;
        // Only what is no point takes more.
        var length = (int)reader.GetBytes(0, 0, null, 0, 0);
        if (length > buffer.Length) buffer = new byte[length];
        reader.GetBytes(0, 0, buffer, 0, length);
        return builder.Add(buffer.AsSpan(0, length), ToAddress(reader.GetFieldValue<NpgsqlTid>(1)));
    }

    private static long ToAddress(NpgsqlTid tid) => ((long)tid.BlockNumber << LineBits) | tid.OffsetNumber;
}
