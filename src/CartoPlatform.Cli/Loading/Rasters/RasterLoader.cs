using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Loading.Tables;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Tiles;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>
/// Loads a raster into a table in the layout of CARTO's raster loader: quadbin blocks of Web Mercator from the pixels' own zoom up to the
/// one where a single block holds everything, a column for each band, and the metadata in block 0. All of it in one transaction.
/// </summary>
internal sealed class RasterLoader(string ownerConnection)
{
    private const double ShareOfFinest = 0.6;

    /// <returns>The number of blocks.</returns>
    public async Task<long> LoadAsync(RasterFile file, TableName table, bool overwrite, string folder, Action<double, string> show, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(ownerConnection);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await TargetTable.RequireFreeAsync(connection, table, overwrite, cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var columns = string.Concat(file.Bands.Select(band => $", {Identifier.Quote(band.Name)} bytea"));
        await connection.ExecuteAsync(
            $"CREATE SCHEMA IF NOT EXISTS {Identifier.Quote(table.Schema)}; CREATE TEMP TABLE {StagingTable.Name} (block bigint, metadata text{columns}) ON COMMIT DROP", cancellationToken);
        var blocks = await FillAsync(connection, file, folder, show, cancellationToken);
        show(0.95, "indexing");
        // Packed already: PostgreSQL would try in vain to make it smaller.
        var external = string.Concat(file.Bands.Select(band => $"ALTER TABLE {table.Quoted} ALTER COLUMN {Identifier.Quote(band.Name)} SET STORAGE EXTERNAL;"));
        await connection.ExecuteAsync(
            $"""
            SET LOCAL lock_timeout = '30s';
            {(overwrite ? $"DROP TABLE IF EXISTS {table.Quoted};" : "")}
            CREATE TABLE {table.Quoted} (LIKE {StagingTable.Name});
            {external}
            INSERT INTO {table.Quoted} SELECT * FROM {StagingTable.Name} ORDER BY block;
            ALTER TABLE {table.Quoted} ADD PRIMARY KEY (block);
            ANALYZE {table.Quoted};
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        show(1, "done");
        return blocks;
    }

    private static async Task<long> FillAsync(NpgsqlConnection connection, RasterFile file, string folder, Action<double, string> show, CancellationToken cancellationToken)
    {
        var finest = RasterGrid.Finest(file);
        var statistics = file.Bands.Select(band => new BandStatistics(band)).ToArray();
        var (blocks, grid, source, coarsest) = (0L, finest, file.Path, finest.Zoom);
        for (var isFinest = true; ; isFinest = false)
        {
            show(isFinest ? 0 : ShareOfFinest, isFinest ? "warping" : "overviews");
            var pixels = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"zoom{grid.Zoom}.img"));
            await file.WarpAsync(grid, source, pixels, cancellationToken);
            blocks += await CopyAsync(connection, file, grid, pixels, isFinest ? statistics : null, share => show(isFinest ? share * ShareOfFinest : ShareOfFinest, isFinest ? "loading" : "overviews"), cancellationToken);
            coarsest = grid.Zoom;
            if (grid.Zoom == 0 || (grid.Columns == 1 && grid.Rows == 1)) break;
            // Each overview is made of the one before it, which is a quarter of the work.
            (source, grid) = (pixels, RasterGrid.Of(file, grid.Zoom - 1));
        }

        if (blocks == 0) throw new LoadException(file.Path, null, "it has no pixel with a value.");
        await using var insert = new NpgsqlCommand($"INSERT INTO {StagingTable.Name} (block, metadata) VALUES (0, $1)", connection);
        insert.Parameters.AddWithValue(Metadata(file, finest, coarsest, statistics).ToJsonString());
        await insert.ExecuteNonQueryAsync(cancellationToken);
        return blocks;
    }

    private static async Task<long> CopyAsync(
        NpgsqlConnection connection, RasterFile file, RasterGrid grid, string pixels, BandStatistics[]? statistics, Action<double> progress, CancellationToken cancellationToken)
    {
        using var blocks = new RasterBlocks(pixels, grid, file.Bands);
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {StagingTable.Name} FROM STDIN (FORMAT binary)", cancellationToken);
        copy.Timeout = TimeSpan.FromDays(10);
        var written = 0L;
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var column = 0; column < grid.Columns; column++)
            {
                var (data, any) = (new byte[file.Bands.Count][], false);
                for (var band = 0; band < data.Length; band++)
                {
                    data[band] = await blocks.ReadAsync(band, column, row, cancellationToken);
                    var values = RasterBlocks.Decode(file.Bands[band], data[band]);
                    any |= statistics is null ? values.Any(double.IsFinite) : statistics[band].Add(values);
                }

                if (!any) continue;
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(Quadbin.FromTile(TileAddress.Create(grid.Zoom, grid.West + column, grid.North + row)), NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteNullAsync(cancellationToken);
                foreach (var band in data) await copy.WriteAsync(Pack(band), NpgsqlDbType.Bytea, cancellationToken);
                written++;
            }

            progress((row + 1.0) / grid.Rows);
        }

        await copy.CompleteAsync(cancellationToken);
        return written;
    }

    private static JsonObject Metadata(RasterFile file, RasterGrid finest, int coarsest, BandStatistics[] statistics)
    {
        var (west, south, east, north) = file.Bounds;
        var bands = file.Bands.Select(JsonNode (band, index) => new JsonObject
        {
            ["name"] = band.Name,
            ["type"] = band.Type,
            ["nodata"] = band.NoDataText,
            ["colorinterp"] = band.ColorInterpretation,
            ["colortable"] = band.ColorTable,
            ["valuelabels"] = band.Labels,
            ["stats"] = statistics[index].ToJson(ProductVersion.Current),
        });
        var noData = file.Bands[0].NoData;
        return new JsonObject
        {
            ["compression"] = "gzip",
            ["block_resolution"] = finest.Zoom,
            ["minresolution"] = coarsest,
            ["maxresolution"] = finest.Zoom,
            ["pixel_resolution"] = finest.Zoom + int.Log2(RasterGrid.BlockSize),
            ["nodata"] = double.IsNaN(noData) ? null : noData,
            ["bands"] = new JsonArray([.. bands]),
            ["bounds"] = new JsonArray(west, south, east, north),
            ["center"] = new JsonArray((west + east) / 2, (south + north) / 2, finest.Zoom),
            ["width"] = finest.Width,
            ["height"] = finest.Height,
            ["block_width"] = RasterGrid.BlockSize,
            ["block_height"] = RasterGrid.BlockSize,
            ["num_blocks"] = finest.Columns * finest.Rows,
            ["num_pixels"] = (long)finest.Width * finest.Height,
        };
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
