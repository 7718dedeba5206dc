using System.Runtime.CompilerServices;
using Npgsql;
using Npgsql.Internal;

#pragma warning disable NPG9001 // May change with any version: this one is pinned.

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// The row where Npgsql has it. Its reader seeks, checks and copies each value three times over, which takes longer than to write the
/// value as JSON, and it has no word for all of a row: so these are members of its own, and belong to the very version that
/// Directory.Packages.props pins (decision 13). A member that is gone is a <see cref="MissingMemberException"/> at the first row.
/// </summary>
internal static class DriverRow
{
    /// <returns>False where not all of the row has come yet: then its columns are to be read by the reader.</returns>
    /// <param name="reader">At a row of which nothing was read, with <c>SequentialAccess</c>.</param>
    /// <param name="row">The values as the protocol has them, until the reader moves on.</param>
    public static bool TryGet(NpgsqlDataReader reader, out ReadOnlyMemory<byte> row)
    {
        row = default;
        return IsBuffered(reader) && Of(reader).TryReadBytes(End(reader) - Start(reader), out row);
    }

    /// <summary>What reads the bytes of a column when the reader has sought it.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_PgReader")]
    public static extern PgReader Of(NpgsqlDataReader reader);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isRowBuffered")]
    private static extern ref bool IsBuffered(NpgsqlDataReader reader);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_columnsStartPos")]
    private static extern ref int Start(NpgsqlDataReader reader);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_dataMsgEnd")]
    private static extern ref int End(NpgsqlDataReader reader);
}
