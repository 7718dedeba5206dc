using System.CommandLine;
using CartoPlatform.Cli.Checks;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var port = new Option<int?>("--port") { Description = "The port to check (default: CARTO_PORT, or 8080).", HelpName = "N" };
        var command = new Command("doctor", "Check this machine and the running platform, one line a check, and say how to mend what fails. Exits 1 if something that is needed fails.") { data, port };
        command.SetAction((parsed, cancellationToken) => RunAsync(PlatformSettings.Read(parsed.GetValue(data), parsed.GetValue(port)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(PlatformSettings settings, CancellationToken cancellationToken)
    {
        var exitCode = ExitCodes.Success;
        await foreach (var check in Examination.RunAsync(settings, cancellationToken))
        {
            Console.WriteLine(check);
            if (check.Outcome == Outcome.Failed)
                exitCode = ExitCodes.Failure;
        }

        return exitCode;
    }
}
