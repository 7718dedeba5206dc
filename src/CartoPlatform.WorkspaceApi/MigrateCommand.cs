using CartoPlatform.WorkspaceApi.Metadata;

namespace CartoPlatform.WorkspaceApi;

/// <summary>
/// <c>--migrate</c>: brings the metadata schema up to date and exits, for set-ups where that is a step of its own. It needs
/// <c>Metadata:ConnectionString</c> and no other setting.
/// </summary>
public static class MigrateCommand
{
    /// <summary>To be kept from the configuration, which would take the next argument for its value.</summary>
    public const string Argument = "--migrate";

    public static bool IsRequested(string[] args) => args.Contains(Argument, StringComparer.Ordinal);

    public static async Task<int> RunAsync(IHost host, CancellationToken cancellationToken = default)
    {
        await host.Services.GetRequiredService<MigrationRunner>().RunAsync(cancellationToken);
        return 0;
    }
}
