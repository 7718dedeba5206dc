using CartoPlatform.WorkspaceApi.Bootstrap;
using CartoPlatform.WorkspaceApi.Metadata;

namespace CartoPlatform.WorkspaceApi;

/// <summary>
/// What the service's program does in place of serving: <c>--migrate</c> brings the metadata schema up to date, for set-ups where that is
/// a step of its own (it needs <c>Metadata:ConnectionString</c> and no other setting); <c>--owner-token</c> makes a new owner's token, ends
/// the old one, and prints the new one.
/// </summary>
public static class Maintenance
{
    private const string Migrate = "--migrate";
    private const string OwnerToken = "--owner-token";

    public static bool IsRequested(string[] args) => args.Any(IsOurs);

    /// <summary>What is left for the configuration, which would take the next argument for the value of ours.</summary>
    public static string[] Remove(string[] args) => [.. args.Where(argument => !IsOurs(argument))];

    public static async Task<int> RunAsync(IHost host, string[] args, CancellationToken cancellationToken = default)
    {
        await host.Services.GetRequiredService<MigrationRunner>().RunAsync(cancellationToken);
        if (args.Contains(OwnerToken, StringComparer.Ordinal))
            Console.WriteLine(await host.Services.GetRequiredService<PlatformBootstrap>().ReplaceOwnerTokenAsync(cancellationToken));
        return 0;
    }

    private static bool IsOurs(string argument) => argument is Migrate or OwnerToken;
}
