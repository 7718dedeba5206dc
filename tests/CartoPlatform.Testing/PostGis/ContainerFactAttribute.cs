using System.Diagnostics;
using Xunit;

namespace CartoPlatform.Testing.PostGis;

/// <summary>
/// Skips where no container engine answers, or where it has no image of PostGIS and cannot fetch one: neither says anything about us.
/// CARTO_POSTGIS_IMAGE names another image, such as one made by deploy/postgis/build-image.sh.
/// </summary>
public sealed class ContainerFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(FindObstacle);

    public ContainerFactAttribute() => Skip = Obstacle.Value;

    private static string? FindObstacle()
    {
        if (!Succeeds("docker info", TimeSpan.FromSeconds(10)))
            return "No container engine answers.";

        var image = ContainerServer.Image;
        return Succeeds($"docker image inspect '{image}' || docker pull --quiet '{image}'", TimeSpan.FromMinutes(3))
            ? null
            : $"The container engine has no image {image} and cannot fetch it: make one with deploy/postgis/build-image.sh and name it in CARTO_POSTGIS_IMAGE.";
    }

    private static bool Succeeds(string command, TimeSpan limit)
    {
        using var shell = Process.Start("sh", ["-c", $"({command}) >/dev/null 2>&1 </dev/null"]);
        if (shell.WaitForExit(limit))
            return shell.ExitCode == 0;

        shell.Kill(entireProcessTree: true);
        return false;
    }
}
