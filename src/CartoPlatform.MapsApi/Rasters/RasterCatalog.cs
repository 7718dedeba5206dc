using CartoPlatform.MapsApi.Stored;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary>Reads what a raster's loader says of it. Remembered for as long as the table is the same, half a minute at most.</summary>
internal sealed class RasterCatalog(TimeProvider time)
{
    private readonly RecentAnswers<Outcome<Raster>> _rasters = new(TimeSpan.FromSeconds(30), time);

    public async ValueTask<Outcome<Raster>> FindAsync(StoredTable table, CancellationToken cancellationToken)
    {
        var found = await _rasters.FindAsync(table.Key, () => ReadAsync(table, cancellationToken), raster => raster.Succeeded);
        // What is remembered is the same of every request; its reading is this request's.
        return found.Succeeded ? found.Value with { Table = table } : found;
    }

    private static async ValueTask<Outcome<Raster>> ReadAsync(StoredTable table, CancellationToken cancellationToken)
    {
        if (Raster.FindColumns(table.Relation) is not var (block, metadata)) return Raster.NoRaster(table);
        await using var command = table.Pool.Reader.CreateCommand(
            $"SELECT {metadata}::text FROM {table.Relation.Sql} WHERE ({block} = 0 OR {block} IS NULL) AND {metadata} IS NOT NULL LIMIT 1");
        return StoredJson.Parse(await command.ExecuteScalarAsync(cancellationToken) as string) is { } json ? Raster.Read(table, block, json) : Raster.NoRaster(table);
    }
}
