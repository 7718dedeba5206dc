using System.ComponentModel;
using System.Diagnostics;

namespace CartoPlatform.Cli.Loading.Ogr;

/// <summary>The programs of GDAL.</summary>
internal static class OgrTool
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(tool, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static Process Start(string tool, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
                ?? throw new CommandException($"{tool} could not be started.");
        }
        catch (Win32Exception)
        {
            throw new CommandException("Shapefiles, GeoPackages and rasters are read with GDAL, which is not installed: install it (Debian, Ubuntu: apt-get install gdal-bin).");
        }
    }
}
