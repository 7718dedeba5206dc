using System.Buffers;
using System.IO.Compression;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary>From a block's row to its tile. Bands stay packed as they are stored: the client unpacks them.</summary>
internal sealed class RasterTiles(IOptions<TileOptions> options)
{
    public async Task<RenderedTile> RenderAsync(Raster raster, IReadOnlyList<RasterBand> bands, long block, CancellationToken cancellationToken)
    {
        await using var command = raster.Table.Pool.Reader.CreateCommand(
            $"SELECT {string.Join(", ", bands.Select(band => band.Column))} FROM {raster.Table.Relation.Sql} WHERE {raster.Block} = $1 LIMIT 1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = block });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return RenderedTile.Empty;

        var values = new byte[]?[bands.Count];
        for (var band = 0; band < values.Length; band++)
        {
            if (!await reader.IsDBNullAsync(band, cancellationToken)) values[band] = await reader.GetFieldValueAsync<byte[]>(band, cancellationToken);
        }

        if (values.All(value => value is null)) return RenderedTile.Empty;
        if (values.Sum(value => (long)(value?.Length ?? 0)) > options.Value.MaxTileBytes) throw new TileTooLargeException("The block is larger than a tile may be");
        var output = new ArrayBufferWriter<byte>();
        var pixels = raster.BlockSize * raster.BlockSize;
        RasterTile.Write(
            raster.BlockSize,
            bands.Select((band, index) => (band.Name, band.Type, (ReadOnlyMemory<byte>)(values[index] ?? Pack(band.Empty(pixels), raster.IsPacked)))),
            output);
        return new RenderedTile(output.WrittenMemory, RasterTile.MediaType, 1, 0);
    }

    private static byte[] Pack(byte[] bytes, bool isPacked)
    {
        if (!isPacked) return bytes;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
