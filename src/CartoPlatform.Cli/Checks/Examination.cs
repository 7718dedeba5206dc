using System.Runtime.CompilerServices;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Checks;

/// <summary>All checks, the machine first, then the platform on it.</summary>
internal static class Examination
{
    public static async IAsyncEnumerable<Check> RunAsync(PlatformSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return MachineChecks.DotNet();
        yield return await MachineChecks.PostgresAsync(settings.Data, cancellationToken);
        yield return MachineChecks.Tool("gdal", "ogr2ogr", "Shapefiles and GeoPackages can be loaded", "needed to load Shapefiles and GeoPackages (Debian, Ubuntu: apt-get install gdal-bin)");
        yield return MachineChecks.Tool("node", "node", "the web page can be built", "needed to build the web page (Debian, Ubuntu: apt-get install nodejs npm)");
        yield return MachineChecks.Memory();
        yield return FolderChecks.Rights(settings.Data);
        yield return FolderChecks.Space(settings.Data);
        if (FolderChecks.Forgotten() is { } forgotten)
            yield return forgotten;

        var status = await PlatformStatus.AskAsync(settings.Data, cancellationToken);
        yield return PlatformChecks.Port(settings, status);
        foreach (var check in PlatformChecks.Of(status))
            yield return check;
    }
}
