using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Checks;

internal static class PlatformChecks
{
    public static Check Port(PlatformSettings settings, PlatformStatus status)
    {
        if (status.Run?.BaseUrl == settings.BaseUrl)
            return Check.Pass("port", $"{settings.Port} is held by this platform");

        return PortProblem.Of(settings) is { } problem ? Check.Fail("port", problem) : Check.Pass("port", $"{settings.Port} is free");
    }

    public static IEnumerable<Check> Of(PlatformStatus status)
    {
        if (status.State == PlatformStatus.Stopped)
        {
            yield return Check.Note("platform", $"not running on {status.Data.Path}: start it with ./carto up");
            yield break;
        }

        yield return status.IsHealthy
            ? Check.Pass("platform", $"healthy at {status.Run?.BaseUrl}")
            : Check.Fail("platform", $"{status.State}: see the logs in {status.Data.Logs}; ./carto down and ./carto up start it anew");

        foreach (var service in status.Run?.Services ?? [])
        {
            yield return service.Process is { IsAlive: true } process
                ? Check.Pass(service.Name, $"process {process.Id} at {service.Url.GetLeftPart(UriPartial.Authority)}")
                : Check.Fail(service.Name, $"does not run: see {Path.Combine(status.Data.Logs, service.Name + ".log")}");
        }

        foreach (var (name, dependency) in status.Dependencies ?? [])
        {
            var state = dependency?["status"]?.ToString() ?? "unknown";
            var finding = dependency?["description"] is { } description ? $"{state}: {description}" : state;
            yield return state == "healthy" ? Check.Pass(name, finding) : Check.Fail(name, $"{finding}; see the logs in {status.Data.Logs}");
        }
    }
}
