using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create() => new("doctor", "Check.");
}
