using System.CommandLine;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Tokens;

namespace CartoPlatform.Cli.Commands;

internal static class RotateKeysCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("rotate-keys", "Seal the secrets of connections under a new key, while the platform runs.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var platform = TokenApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            Console.WriteLine($"Sealed anew: {await platform.RotateKeysAsync(cancellationToken)}.");
            return ExitCodes.Success;
        });
        return command;
    }
}
