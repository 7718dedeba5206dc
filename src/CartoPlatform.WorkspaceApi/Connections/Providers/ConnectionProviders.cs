using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Connections.Providers;

/// <summary>The warehouses that connections can be made to.</summary>
internal sealed class ConnectionProviders(IEnumerable<IConnectionProvider> providers)
{
    private static readonly string[] Known = ["bigquery", "snowflake", "redshift", "databricks", "oracle", "carto_dw", "carto-dw"];

    private readonly Dictionary<string, IConnectionProvider> _providers = providers.ToDictionary(provider => provider.Id, StringComparer.OrdinalIgnoreCase);

    public IConnectionProvider? Find(string id) =>
        _providers.GetValueOrDefault(id.Equals("postgresql", StringComparison.OrdinalIgnoreCase) ? PostgresProvider.Name : id);

    /// <summary>The answer to a request for one that is not here.</summary>
    public static ApiError Missing(string id) => Known.Contains(id, StringComparer.OrdinalIgnoreCase)
        ? ApiError.NotImplemented($"A connection to {id.ToLowerInvariant()}")
        : ApiError.BadRequest("provider must be postgres");
}
