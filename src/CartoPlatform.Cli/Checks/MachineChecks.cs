using System.Runtime.InteropServices;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Containers;

namespace CartoPlatform.Cli.Checks;

internal static class MachineChecks
{
    private const long Megabyte = 1024 * 1024;
    private const long SmallMemoryBytes = 1024 * Megabyte;

    public static Check DotNet() => Check.Pass("dotnet", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");

    public static async Task<Check> PostgresAsync(DataFolder data, CancellationToken cancellationToken)
    {
        if (EmbeddedCluster.ContainerOf(data.Path) is { } container)
            return await ContainerAsync(container, cancellationToken);

        try
        {
            var found = await PostgresInstallations.FindAsync(cancellationToken);
            var chosen = PostgresInstallations.Choose(found, EmbeddedCluster.MajorOf(data.Path));
            return Check.Pass("postgresql", $"{chosen} in {chosen.BinDirectory}{(chosen.HasStatementStatistics ? "" : ", without pg_stat_statements")}");
        }
        catch (ClusterException exception)
        {
            return EmbeddedCluster.MajorOf(data.Path) is null && await ContainerEngine.AnswersAsync(TimeProvider.System, cancellationToken)
                ? Check.Pass("postgresql", $"none of its own; the database will run in a container of {data.ClusterOptions().ContainerImage}")
                : Check.Fail("postgresql", exception.Message);
        }
    }

    private static async Task<Check> ContainerAsync(string container, CancellationToken cancellationToken) =>
        await ContainerEngine.AnswersAsync(TimeProvider.System, cancellationToken)
            ? Check.Pass("postgresql", $"in container {container}")
            : Check.Fail("postgresql", $"the database is in container {container}, and no container engine answers: start it (systemctl start docker)");

    public static Check Tool(string subject, string command, string found, string missing)
    {
        var folder = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).FirstOrDefault(folder => File.Exists(Path.Combine(folder, command)));
        return folder is null ? Check.Note(subject, $"not installed; {missing}") : Check.Pass(subject, $"{Path.Combine(folder, command)}: {found}");
    }

    public static Check Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return bytes < SmallMemoryBytes
            ? Check.Note("memory", $"{bytes / Megabyte} MB: tiles of large tables will be slow, 2 GB or more are better")
            : Check.Pass("memory", $"{bytes / Megabyte} MB");
    }
}
