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
        var bundle = new Option<string?>("--bundle") { Description = "Write what helps others to find a fault into this file (.tar.gz): checks, logs, what runs; no secrets.", HelpName = "FILE" };
        var command = new Command("doctor", "Check this machine and the running platform, one line a check, and say how to mend what fails. Exits 1 if something that is needed fails.") { data, port, bundle };
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = PlatformSettings.Read(parsed.GetValue(data), parsed.GetValue(port));
            return parsed.GetValue(bundle) is { } file ? WriteBundleAsync(settings, file, cancellationToken) : RunAsync(settings, cancellationToken);
        });
        return command;
    }

    private static async Task<int> WriteBundleAsync(PlatformSettings settings, string file, CancellationToken cancellationToken)
    {
        try
        {
            await new SupportBundle(settings).WriteAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file} could not be written: {exception.Message}");
        }

        Console.WriteLine($"Written to {file}. It holds no secrets of the platform; look through it before you send it.");
        return ExitCodes.Success;
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
