using System.CommandLine;
using System.Diagnostics;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

internal static class BenchCommand
{
    private const string Sql = "sql";
    private const string Cache = "cache";
    private const string Tiles = "tiles";

    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"{Sql} and {Tiles}: the SQL API and tiles over HTTP, {Cache}: hits against Varnish and nginx, each on a platform started for it. Others: only benchmarks of code whose full name holds this.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("bench", "Run the benchmarks.") { name };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(name), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? name, CancellationToken cancellationToken)
    {
        string[] arguments = name is Sql or Cache or Tiles
            ? ["CartoPlatform.Load", "--", name]
            : ["CartoPlatform.Benchmarks", "--", "--filter", name is null ? "*" : $"*{name}*"];
        var project = Path.Combine(RepositoryLayout.Root, "bench", arguments[0]);
        using var process = Process.Start("dotnet", ["run", "--configuration", "Release", "--project", project, .. arguments[1..]]);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
