using System.Diagnostics;

namespace CartoPlatform.Testing.Platform;

/// <summary>Runs a program to its end, with a limit.</summary>
public static class Command
{
    /// <summary>A grandchild can keep the output open after the program's end.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(5);

    /// <param name="limit">After it the program and its children are killed, and what it said is in the exception.</param>
    public static async Task<CommandResult> RunAsync(
        string file, IEnumerable<string> arguments, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>()) start.Environment[variable] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} could not be started.");
        process.StandardInput.Close();
        using var timer = new CancellationTokenSource(limit);
        var (output, error) = (new Said(process.StandardOutput), new Said(process.StandardError));
        var name = $"{Path.GetFileName(file)} {string.Join(' ', start.ArgumentList)}";
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} took longer than {limit}.\n{await output.TextAsync(OutputLimit)}\n{await error.TextAsync(OutputLimit)}");
        }

        return new CommandResult(name, process.ExitCode, await output.TextAsync(OutputLimit), await error.TextAsync(OutputLimit));
    }
}
