using System.ComponentModel;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>Docker, or what answers to its command.</summary>
public static class ContainerEngine
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    public static async Task<bool> AnswersAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (await RunAsync(["info"], both.Token)).ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>True where the image lies on this machine already; nothing is fetched.</summary>
    public static async Task<bool> HasImageAsync(string image, CancellationToken cancellationToken) =>
        (await RunAsync(["image", "inspect", image], cancellationToken)).ExitCode == 0;

    /// <param name="arguments">Of the docker command.</param>
    /// <param name="variables">For what must not stand on a command line, which everybody on the machine can read.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    internal static async Task<ToolRun> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? variables = null)
    {
        try
        {
            return await ToolRun.RunAsync(["docker", .. arguments], cancellationToken, variables);
        }
        catch (Win32Exception)
        {
            const int CommandNotFound = 127;
            return new ToolRun(CommandNotFound, "", "the docker command is not installed");
        }
    }

    /// <summary>The output of a command that must succeed.</summary>
    internal static async Task<string> RequireAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? variables = null)
    {
        var run = await RunAsync(arguments, cancellationToken, variables);
        return run.ExitCode == 0 ? run.Output.Trim() : throw new ClusterException($"docker {arguments[0]} failed: {Complaint(run.Error)}.");
    }

    /// <summary>Around the complaint stand the progress of a download and a hint at --help.</summary>
    private static string Complaint(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var complaint = lines.LastOrDefault(line => line.StartsWith("docker: ", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "it said nothing";
        return complaint.TrimEnd('.');
    }
}
