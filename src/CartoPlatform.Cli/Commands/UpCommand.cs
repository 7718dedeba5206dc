using System.CommandLine;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Supervision;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.Topology;

namespace CartoPlatform.Cli.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var detach = new Option<bool>("--detach") { Description = "Return when everything is healthy; stop it with ./carto down." };
        var port = new Option<int?>("--port") { Description = "Port of the map and the API (default: CARTO_PORT, or 8080).", HelpName = "N" };
        var data = CommonOptions.Data();
        var noSample = new Option<bool>("--no-sample") { Description = "Do not load the sample data at the first start." };
        var topology = new Option<string>("--topology")
        {
            Description = "standard: one process; tier1: its database apart; tier2: three zones; tier3: pools of everything; services: every service a process, for developers.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Topologies.Standard.Name,
        };
        topology.AcceptOnlyFromAmong([.. Topologies.All.Select(known => known.Name)]);
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var number) || number is < 1 or > 65535))
                result.AddError($"--port is '{token.Value}': it must be a number from 1 to 65535");
        });

        var command = new Command("up", "Start the platform: database, sample data, services. Where it runs already, says so and exits 0 (1 if it is not healthy).")
        {
            detach, port, data, noSample, topology,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(topology);
            var spec = Topologies.Find(name) ?? throw new CommandException($"There is no topology {name}.", ExitCodes.WrongUsage);
            var settings = PlatformSettings.Read(parsed.GetValue(data), parsed.GetValue(port));
            return parsed.GetValue(detach)
                ? DetachedSupervisor.StartAsync(settings, spec, !parsed.GetValue(noSample), TimeProvider.System, cancellationToken)
                : RunAsync(settings, spec, !parsed.GetValue(noSample), TimeProvider.System, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(PlatformSettings settings, TopologySpec topology, bool loadSamples, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await RunningPlatform.ReportAsync(settings, topology, cancellationToken) is { } exitCode)
            return exitCode;

        var start = time.GetTimestamp();
        var report = new LineReport();
        var isReady = false;
        try
        {
            await new Supervisor(settings, topology, loadSamples, report, time).RunAsync(
                record =>
                {
                    isReady = true;
                    ReadyMessage.Write(Console.Out, settings, record, time.GetElapsedTime(start));
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (isReady)
        {
            // Asked to stop, and everything has stopped.
        }

        report.Report("Stopped.");
        return ExitCodes.Success;
    }
}
