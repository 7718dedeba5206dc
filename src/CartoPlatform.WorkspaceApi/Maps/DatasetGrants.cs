using CartoPlatform.Auth;
using CartoPlatform.Auth.Grants;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>What a dataset reads, in the words of grants.</summary>
internal static class DatasetGrants
{
    /// <summary>
    /// The grant that reads this dataset; null where there is none: a table whose name is a pattern, or a query whose text a grant would
    /// take for the name of a table. A named source whose name reads as a table's grants that table of the schema public, too
    /// (<see cref="RequestedOf"/> asks for both).
    /// </summary>
    public static GrantRecord? Find(MapDataset dataset) =>
        (dataset.Type == MapDataset.Query ? GrantText.IsExactQuery(dataset.Source) || IsNamedSource(dataset) : GrantText.FindTable(dataset.Source, "") is not null)
            ? new GrantRecord(dataset.ConnectionName, dataset.Source)
            : null;

    /// <summary>Whether the text of a query can be the name of a named source.</summary>
    public static bool IsNamedSource(MapDataset dataset) => dataset.Type == MapDataset.Query && WorkspaceNames.IsNamedSource(dataset.Source);

    /// <summary>All that somebody must be able to read who puts this dataset into a map, in a connection to this database.</summary>
    public static IEnumerable<RequestedSource> RequestedOf(MapDataset dataset, string database)
    {
        if (dataset.Type != MapDataset.Query || IsNamedSource(dataset))
        {
            if (GrantText.FindTable(dataset.Source, database) is { } table) yield return table;
        }

        if (IsNamedSource(dataset)) yield return new RequestedSource.NamedSource(dataset.Source);
        else if (dataset.Type == MapDataset.Query) yield return new RequestedSource.Query(dataset.Source);
    }
}
