using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text;
using Npgsql;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>Bytes as tilers leave them in a table: as they are or packed with gzip; in a column of text, as base64.</summary>
internal static class StoredBytes
{
    /// <summary>Reads a column of type bytea or text.</summary>
    public static async ValueTask<byte[]?> ReadAsync(NpgsqlDataReader reader, int ordinal, bool isText, CancellationToken cancellationToken)
    {
        if (await reader.IsDBNullAsync(ordinal, cancellationToken)) return null;
        if (!isText) return await reader.GetFieldValueAsync<byte[]>(ordinal, cancellationToken);
        var text = (await reader.GetFieldValueAsync<string>(ordinal, cancellationToken)).Trim();
        var bytes = new byte[text.Length];
        return text is not ['[' or '{', ..] && Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Unpacks bytes that are packed with gzip, and gives others as they are.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="limit">The most that may come out: a few packed bytes can hold gigabytes.</param>
    /// <param name="unpacked">The content.</param>
    /// <returns>False where they are broken, or too long.</returns>
    public static bool TryUnpack(byte[] bytes, int limit, [NotNullWhen(true)] out byte[]? unpacked)
    {
        unpacked = bytes.Length <= limit ? bytes : null;
        if (bytes is not [0x1F, 0x8B, ..]) return unpacked is not null;

        unpacked = null;
        var output = new ArrayBufferWriter<byte>(Math.Clamp(4 * bytes.Length, 256, limit));
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            for (int read; (read = gzip.Read(output.GetSpan(4_096))) > 0;)
            {
                output.Advance(read);
                if (output.WrittenCount > limit) return false;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        unpacked = output.WrittenSpan.ToArray();
        return true;
    }
}
