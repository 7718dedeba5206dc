using System.Diagnostics;

namespace CartoPlatform.WorkspaceApi.Tests.Metadata;

/// <summary>The Workspace API's own binary, as <c>--migrate</c> runs it.</summary>
internal sealed class MigratingProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private MigratingProcess(Process process) =>
        (_process, _output, _error) = (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    public static MigratingProcess Start(params string[] arguments) => new(Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(Program).Assembly.Location, "--migrate", .. arguments])
    { RedirectStandardOutput = true, RedirectStandardError = true })!);

    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _output + await _error);
    }

    /// <summary>As a machine that loses its power does.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
