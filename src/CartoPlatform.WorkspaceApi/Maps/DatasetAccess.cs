using CartoPlatform.Auth;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Whether a caller may read a dataset by himself, without the map.</summary>
internal sealed class DatasetAccess(IWorkspaceDirectory directory)
{
    public async ValueTask<bool> PermitsAsync(Principal principal, MapDataset dataset, CancellationToken cancellationToken)
    {
        // Looked up first, so that a grant that names the database matches a dataset that does not.
        if (await directory.FindConnectionAsync(dataset.ConnectionName, cancellationToken) is not { } connection) return false;
        var database = new NpgsqlConnectionStringBuilder(connection.ReaderConnectionString).Database;
        return DatasetGrants.RequestedOf(dataset, database ?? "")
            .All(requested => AccessPolicy.Decide(principal, [Api.Maps], dataset.ConnectionName, requested) == AccessDecision.Allowed);
    }

    /// <summary>Whether its connection takes such a dataset from anybody: one that is kept to named sources takes no SQL.</summary>
    public async ValueTask<bool> IsTakenAsync(MapDataset dataset, CancellationToken cancellationToken) =>
        await directory.FindConnectionAsync(dataset.ConnectionName, cancellationToken) is not { } connection
        || DatasetGrants.RequestedOf(dataset, "").All(requested => AccessPolicy.Takes(connection, requested));

    /// <summary>Whether a text that reads as a name names a source: SQL is no name.</summary>
    public async ValueTask<bool> ExistsAsync(MapDataset dataset, CancellationToken cancellationToken) =>
        !DatasetGrants.IsNamedSource(dataset) || await directory.FindNamedSourceAsync(dataset.Source, cancellationToken) is not null;

    /// <summary>All of them; without any there is nothing that his grants could say yes to.</summary>
    public async ValueTask<bool> PermitsAllAsync(Principal principal, IEnumerable<MapDataset> datasets, CancellationToken cancellationToken)
    {
        var any = false;
        foreach (var dataset in datasets)
        {
            if (!await PermitsAsync(principal, dataset, cancellationToken)) return false;
            any = true;
        }

        return any;
    }
}
