using CartoPlatform.Auth;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>From a name to a table of finished tiles: connection, permission, relation. The same for every answer made of it.</summary>
internal sealed class StoredTables(ConnectionPools pools)
{
    /// <summary>Finds the table and makes an answer of it. If it has changed since it was looked up, both happen once more.</summary>
    public async Task<IResult> UseAsync(
        Principal principal, string connection, string name, Func<StoredTable, Task<IResult>> answer, CancellationToken cancellationToken)
    {
        var pool = await pools.FindAsync(connection, principal.Token.Login, cancellationToken);
        if (pool is null) return ApiError.NotFound($"There is no connection {connection}");

        var table = await FindAsync(principal, pool, name, cancellationToken);
        if (!table.Succeeded) return table.Error;
        try
        {
            return await answer(table.Value);
        }
        catch (PostgresException exception) when (MapSources.IsOutdated(exception))
        {
            pool.Catalog.Forget();
        }

        table = await FindAsync(principal, pool, name, cancellationToken);
        return table.Succeeded ? await answer(table.Value) : table.Error;
    }

    private static async ValueTask<Outcome<StoredTable>> FindAsync(Principal principal, DatabasePool pool, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = pool.Catalog.Generation;
            var relation = await RowSources.FindRelationAsync(principal, pool, name, cancellationToken);
            if (!relation.Succeeded) return relation.Error;
            var reading = await SourceReading.BeginAsync(pool, relation.Value, name, cancellationToken);
            // The catalogue has changed since it was looked at: what is kept must not be made from what it was.
            if (reading.Generation == generation) return new StoredTable(pool, relation.Value, reading);
        }
    }
}
