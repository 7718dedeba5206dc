using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

internal static class LoadCommand
{
    public static Command Create() => new("load", "Put data files into tables.");
}
