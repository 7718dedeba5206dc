using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CartoPlatform.Topology.Running;

/// <summary>One run of one service, from start to end.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Task _exit;
    private readonly Task _output;

    private ServiceProcess(Process process, ServiceLog log)
    {
        _process = process;
        Id = process.Id;
        _exit = process.WaitForExitAsync();
        _output = Task.WhenAll(PumpAsync(process.StandardOutput, log), PumpAsync(process.StandardError, log));
    }

    public int Id { get; }

    /// <summary>Others may ask at any moment, also after the disposal, where <see cref="Process"/> throws.</summary>
    public bool HasExited => _exit.IsCompleted;

    public static ServiceProcess Start(ServiceInstance instance, ServiceLog log)
    {
        if (!File.Exists(instance.Program.File))
            throw new ServiceException($"{instance.Program.File} is missing: {instance.Program.WhenMissing}.");

        List<string> command = [.. instance.Program.Command];
        // A session of its own: Ctrl-C reaches the supervisor alone, which stops services in order.
        if (DotNetHost.SetSid is { } setSid)
            command.Insert(0, setSid);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = instance.Program.Folder,
        };
        foreach (var (name, value) in instance.Environment)
            start.Environment[name] = value;

        // Services end when their input does: the kernel closes it however the supervisor ends.
        start.Environment["Supervisor__Stdin"] = "true";
        start.Environment["Supervisor__Pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        try
        {
            return new ServiceProcess(Process.Start(start) ?? throw new ServiceException($"{instance.Name} could not be started."), log);
        }
        catch (Win32Exception exception)
        {
            throw new ServiceException($"{instance.Name} could not be started: {exception.Message}.");
        }
    }

    /// <summary>Waits for the end of the process and of its output. Returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _exit.WaitAsync(cancellationToken);
        await _output.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the service to end, which lets its requests finish; kills it when that takes too long.</summary>
    public async Task StopAsync(TimeProvider time)
    {
        if (HasExited)
            return;

        _process.StandardInput.Close();
        Signals.AskToEnd(_process.Id);
        try
        {
            await _exit.WaitAsync(StopLimit, time);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _exit;
        }

        await _output;
    }

    public void Dispose() => _process.Dispose();

    private static async Task PumpAsync(StreamReader reader, ServiceLog log)
    {
        while (await reader.ReadLineAsync() is { } line)
            log.Write(line);
    }
}
