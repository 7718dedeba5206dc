using System.IO.Compression;

namespace CartoPlatform.Cli.Loading;

/// <summary>A file to read from the beginning, unpacked on the way where it is packed, that knows how far it has been read.</summary>
internal sealed class SourceFile(string path)
{
    private const int BufferBytes = 128 * 1024;

    private Func<double> _progress = () => 0;

    public double Progress => _progress();

    public Stream Open()
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
        _progress = () => file is { CanRead: true, Length: > 0 } ? file.Position / (double)file.Length : 0;
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
