using CartoPlatform.Auth;
using CartoPlatform.Auth.Grants;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>What a dataset reads, in the words of grants.</summary>
internal static class DatasetGrants
{
    /// <summary>
    /// The grant that reads this dataset and nothing else; null where there is none: a table whose name is a pattern, or a query whose
    /// text a grant would take for the name of a table.
    /// </summary>
    public static GrantRecord? Find(MapDataset dataset) => RequestedOf(dataset) switch
    {
        RequestedSource.Table => new GrantRecord(dataset.ConnectionName, dataset.Source),
        RequestedSource.Query when GrantText.IsExactQuery(dataset.Source) => new GrantRecord(dataset.ConnectionName, dataset.Source),
        _ => null,
    };

    /// <summary>What the dataset asks for, in a connection to this database.</summary>
    public static RequestedSource? RequestedOf(MapDataset dataset, string? database = null) => dataset.Type == MapDataset.Query
        ? new RequestedSource.Query(dataset.Source)
        : GrantText.FindTable(dataset.Source, database ?? "");
}
