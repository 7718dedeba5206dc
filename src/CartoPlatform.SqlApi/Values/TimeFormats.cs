using System.Buffers.Binary;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// Dates and timestamps as ISO 8601, instants and timestamps without zone alike in UTC (the session's zone). What ISO 8601 and
/// JavaScript do not reach (before year 1, after 9999, infinity) is PostgreSQL's own text.
/// </summary>
internal static class TimeFormats
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    public static void Date(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var days = BinaryPrimitives.ReadInt32BigEndian(value);
        output.Write((byte)'"');
        if (days is int.MaxValue or int.MinValue) WriteInfinity(days > 0, output);
        else CivilDate.FromDays(days).Write(output);
        output.Write((byte)'"');
    }

    public static void Timestamp(ReadOnlySpan<byte> value, Utf8Buffer output) => Write(value, ""u8, output);

    public static void TimestampWithZone(ReadOnlySpan<byte> value, Utf8Buffer output) => Write(value, "+00"u8, output);

    private static void Write(ReadOnlySpan<byte> value, ReadOnlySpan<byte> postgresZone, Utf8Buffer output)
    {
        var microseconds = BinaryPrimitives.ReadInt64BigEndian(value);
        output.Write((byte)'"');
        if (microseconds is long.MaxValue or long.MinValue)
        {
            WriteInfinity(microseconds > 0, output);
        }
        else
        {
            var (days, rest) = Math.DivRem(microseconds, MicrosecondsPerDay);
            Write(CivilDate.FromDays(rest < 0 ? days - 1 : days), rest < 0 ? rest + MicrosecondsPerDay : rest, postgresZone, output);
        }

        output.Write((byte)'"');
    }

    private static void Write(CivilDate day, long microseconds, ReadOnlySpan<byte> postgresZone, Utf8Buffer output)
    {
        day.WriteWithoutEra(output);
        output.Write(day.IsIso ? (byte)'T' : (byte)' ');
        WriteTime(microseconds, output);
        output.Write(day.IsIso ? "Z"u8 : postgresZone);
        day.WriteEra(output);
    }

    private static void WriteTime(long microseconds, Utf8Buffer output)
    {
        var seconds = microseconds / 1_000_000;
        output.WriteDigits(seconds / 3_600, 2);
        output.Write((byte)':');
        output.WriteDigits(seconds / 60 % 60, 2);
        output.Write((byte)':');
        output.WriteDigits(seconds % 60, 2);
        var fraction = microseconds % 1_000_000;
        if (fraction == 0) return;

        output.Write((byte)'.');
        var digits = 6;
        for (; fraction % 10 == 0; fraction /= 10) digits--;
        output.WriteDigits(fraction, digits);
    }

    private static void WriteInfinity(bool positive, Utf8Buffer output) => output.Write(positive ? "infinity"u8 : "-infinity"u8);
}
