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
        catch (Win32Exception)
        {
            // No such command.
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    internal static Task<ToolRun> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ToolRun.RunAsync(["docker", .. arguments], cancellationToken);

    /// <summary>The output of a command that must succeed.</summary>
    internal static async Task<string> RequireAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var run = await RunAsync(arguments, cancellationToken);
        return run.ExitCode == 0
            ? run.Output.Trim()
            : throw new ClusterException($"docker {arguments[0]} failed: {run.Error.Trim().Split('\n')[^1]}.");
    }
}
