using System.CommandLine;
using System.Diagnostics;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

internal static class BenchCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "Only benchmarks whose full name holds this.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("bench", "Run the benchmarks.") { name };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(name), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? name, CancellationToken cancellationToken)
    {
        var project = Path.Combine(RepositoryLayout.Root, "bench", "CartoPlatform.Benchmarks");
        var filter = name is null ? "*" : $"*{name}*";
        using var process = Process.Start("dotnet", ["run", "--configuration", "Release", "--project", project, "--", "--filter", filter]);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
