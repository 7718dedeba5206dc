using System.Diagnostics;

namespace CartoPlatform.EmbeddedPostGis.Processes;

/// <summary>What a short-lived program printed and how it ended.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    /// <summary>The PG* variables of the caller's shell must not steer our own cluster.</summary>
    private const string PostgresVariables = "PG";

    /// <summary>Runs a program to its end; cancellation kills it.</summary>
    public static async Task<ToolRun> RunAsync(
        IReadOnlyList<string> command, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The account that PostgreSQL runs under may be barred from the caller's directory.
            WorkingDirectory = "/",
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith(PostgresVariables, StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new ClusterException($"{command[0]} could not be started.");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ToolRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
