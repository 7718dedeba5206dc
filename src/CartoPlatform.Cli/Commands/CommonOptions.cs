using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

internal static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "The platform's data folder (default: CARTO_DATA, or .carto in the repository).",
        HelpName = "DIR",
    };
}
