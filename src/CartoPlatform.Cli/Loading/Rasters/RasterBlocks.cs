using System.Buffers.Binary;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>Blocks out of a file of raw pixels, band after band.</summary>
internal sealed class RasterBlocks(string path, RasterGrid grid, IReadOnlyList<RasterBandInfo> bands) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.RandomAccess);

    /// <summary>The bytes of a band of a block: little endian, row by row from the north-west.</summary>
    public async Task<byte[]> ReadAsync(int band, int column, int row, CancellationToken cancellationToken)
    {
        var size = bands[band].Size;
        var before = bands.Take(band).Sum(earlier => (long)earlier.Size) * grid.Width * grid.Height;
        var bytes = new byte[RasterGrid.BlockSize * RasterGrid.BlockSize * size];
        var line = RasterGrid.BlockSize * size;
        for (var y = 0; y < RasterGrid.BlockSize; y++)
        {
            var at = before + ((((long)row * RasterGrid.BlockSize) + y) * grid.Width + ((long)column * RasterGrid.BlockSize)) * size;
            _file.Seek(at, SeekOrigin.Begin);
            await _file.ReadExactlyAsync(bytes.AsMemory(y * line, line), cancellationToken);
        }

        return bytes;
    }

    /// <summary>The values as numbers; NaN for those that stand for none.</summary>
    public static double[] Decode(RasterBandInfo band, ReadOnlySpan<byte> bytes)
    {
        var values = new double[bytes.Length / band.Size];
        for (var i = 0; i < values.Length; i++)
        {
            var at = bytes[(i * band.Size)..];
            var value = band.Type switch
            {
                "uint8" => at[0],
                "int8" => (sbyte)at[0],
                "uint16" => BinaryPrimitives.ReadUInt16LittleEndian(at),
                "int16" => BinaryPrimitives.ReadInt16LittleEndian(at),
                "uint32" => BinaryPrimitives.ReadUInt32LittleEndian(at),
                "int32" => BinaryPrimitives.ReadInt32LittleEndian(at),
                "float32" => BinaryPrimitives.ReadSingleLittleEndian(at),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(at),
            };
            // A float compares with what the file's own width makes of the number.
            values[i] = value == band.NoData || (band.Type == "float32" && (float)value == (float)band.NoData) ? double.NaN : value;
        }

        return values;
    }

    public void Dispose() => _file.Dispose();
}
