using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.ServiceDefaults.Http;

/// <summary>How a body is compressed. The levels are the cheap ones: the default of either costs as much time as the tile itself.</summary>
public sealed class ContentCoding
{
    // Below a packet's size there is nothing to win.
    private const int MinLength = 1_024;

    // The size of gzip's best at less than half of its time (performance.md, section 6).
    private const int BrotliQuality = 2;
    private const int BrotliWindow = 22;

    // Level 1 of zlib-ng has no codes of the body's own: a tile was 17 % larger, rows of JSON 46 %, hexadecimal digits 74 %, for three fifths of the time.
    private static readonly ZLibCompressionOptions GzipLevel = new() { CompressionLevel = 2 };

    private static readonly ContentCoding Identity = new(null, "");
    private static readonly ContentCoding Brotli = new("br", "-br");
    private static readonly ContentCoding Gzip = new("gzip", "-gz");

    private ContentCoding(string? name, string tagSuffix) => (Name, TagSuffix) = (name, tagSuffix);

    /// <summary>Value of Content-Encoding; null without compression.</summary>
    public string? Name { get; }

    public string TagSuffix { get; }

    /// <summary>The coding of the highest weight, brotli before gzip among equals.</summary>
    public static ContentCoding Choose(StringValues acceptEncoding, int length)
    {
        if (length < MinLength || !StringWithQualityHeaderValue.TryParseList(acceptEncoding!, out var accepted)) return Identity;
        var brotli = Weight(accepted, "br");
        var gzip = Weight(accepted, "gzip");
        if (brotli == 0 && gzip == 0) return Identity;
        return brotli >= gzip ? Brotli : Gzip;
    }

    /// <summary>By the value of Content-Encoding; null for one that is not known here.</summary>
    public static ContentCoding? Find(string? name) => name switch
    {
        null => Identity,
        "br" => Brotli,
        "gzip" => Gzip,
        _ => null,
    };

    /// <summary>The way back.</summary>
    /// <param name="bytes">Compressed by this coding.</param>
    /// <param name="length">How many bytes there were before.</param>
    public ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> bytes, int length)
    {
        if (this == Identity) return bytes;
        var output = new byte[length];
        if (this == Brotli)
        {
            if (!BrotliDecoder.TryDecompress(bytes.Span, output, out var written) || written != length) throw new InvalidDataException("The bytes are not what was compressed");
            return output;
        }

        using var input = new MemoryStream(bytes.ToArray(), writable: false);
        using var gzip = new GZipStream(input, CompressionMode.Decompress);
        gzip.ReadExactly(output);
        return output;
    }

    public ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> bytes)
    {
        if (this == Identity) return bytes;
        return this == Brotli ? CompressBrotli(bytes.Span) : CompressGzip(bytes.Span);
    }

    private static double Weight(IList<StringWithQualityHeaderValue> accepted, string coding)
    {
        var value = accepted.FirstOrDefault(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(value => value.Value == "*");
        return value is null ? 0 : value.Quality ?? 1;
    }

    private static ReadOnlyMemory<byte> CompressBrotli(ReadOnlySpan<byte> bytes)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, output, out var written, BrotliQuality, BrotliWindow)
            ? output.AsMemory(0, written)
            : throw new InvalidOperationException("The compressed bytes do not fit the greatest length they can have");
    }

    private static ReadOnlyMemory<byte> CompressGzip(ReadOnlySpan<byte> bytes)
    {
        using var output = new MemoryStream(bytes.Length / 2);
        using (var gzip = new GZipStream(output, GzipLevel, leaveOpen: true)) gzip.Write(bytes);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
