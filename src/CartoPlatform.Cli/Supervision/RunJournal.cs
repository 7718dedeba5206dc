using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Topology;
using CartoPlatform.Topology.Running;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Keeps run.json true while a platform starts, runs and stops; afterwards there is none.</summary>
internal sealed class RunJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DataFolder _data;

    private RunRecord _record;

    public RunJournal(PlatformSettings settings, TopologySpec topology, TimeProvider time)
    {
        _data = settings.Data;
        _record = new RunRecord
        {
            Version = ProductVersion.Current,
            Topology = topology.Name,
            State = RunState.Starting,
            BaseUrl = settings.BaseUrl,
            StartedAt = time.GetUtcNow(),
            Supervisor = ProcessIdentity.Current,
        };
        RunFile.Write(_data, _record);
    }

    /// <summary>Whose processes to note; set once it exists.</summary>
    public ProcessRunner? Runner { get; set; }

    public RunRecord Current
    {
        get
        {
            lock (_lock)
                return _record;
        }
    }

    public void Database(EmbeddedCluster cluster) => Change(record => record with { Database = new RunDatabase(cluster.Port, cluster.Process) });

    public void Services() => Change(record => record with { Services = [.. (Runner?.Services ?? []).Select(Note)] });

    public void Ready() => Change(record => record with { State = RunState.Ready });

    public void Stopping() => Change(record => record with { State = RunState.Stopping });

    public void Dispose() => RunFile.Delete(_data);

    private static RunService Note(RunningService service) =>
        new(service.Name, service.Url, service.InternalUrl, service.ProcessId is { } id ? ProcessIdentity.Of(id) : null);

    private void Change(Func<RunRecord, RunRecord> change)
    {
        lock (_lock)
        {
            _record = change(_record);
            try
            {
                RunFile.Write(_data, _record);
            }
            catch (IOException)
            {
                // A disk that fills up later must not stop what runs; the file is as old as the last successful write.
            }
        }
    }
}
