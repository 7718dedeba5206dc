using System.Diagnostics;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Clusters;
using Npgsql;

namespace CartoPlatform.Cli.Backups;

/// <summary>
/// pg_dump and pg_restore: this machine's, of the newest version, or those in the container that the database is in. Data go through
/// their standard streams, so that both are used alike.
/// </summary>
internal sealed class PostgresTool(string? container, ClusterConnections connections)
{
    /// <summary>For the database that a platform has.</summary>
    public static PostgresTool Of(DataFolder data, ClusterConnections connections) =>
        new(ExternalDatabase.Find(data) is null ? EmbeddedCluster.ContainerOf(data.Path) : null, connections);

    /// <summary>Runs a tool on a database of the platform, as its superuser.</summary>
    public async Task RunAsync(string tool, string database, IEnumerable<string> arguments, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        using var process = Process.Start(await PrepareAsync(tool, database, arguments, cancellationToken)) ?? throw new CommandException($"{tool} could not be started.");
        try
        {
            var said = process.StandardError.ReadToEndAsync(cancellationToken);
            var writing = FeedAsync(process, input, cancellationToken);
            await process.StandardOutput.BaseStream.CopyToAsync(output ?? Stream.Null, cancellationToken);
            await writing;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new CommandException($"{tool} failed on {database}: {FirstLine(await said)}.");
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it had read everything, and says why.
        }
    }

    private async Task<ProcessStartInfo> PrepareAsync(string tool, string database, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(connections.Admin(database));
        var found = (await PostgresInstallations.FindAsync(cancellationToken)).Select(installation => installation.Tool(tool)).FirstOrDefault(File.Exists);
        if (container is null && found is null) throw new CommandException($"{tool} is not installed: install it (Debian, Ubuntu: apt-get install postgresql-client).");

        string[] given = [.. arguments];
        var start = container is null
            ? new ProcessStartInfo(found ?? tool, given)
            : new ProcessStartInfo("docker", ["exec", "--interactive", "--env", "PGDATABASE", "--env", "PGUSER", "--env", "PGPASSWORD", "--env", "PGHOST=127.0.0.1", container, tool, .. given]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        LibpqVariables.Set(start.Environment, connection);
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static string FirstLine(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
        ?? said.Split('\n')[0].Trim();
}
