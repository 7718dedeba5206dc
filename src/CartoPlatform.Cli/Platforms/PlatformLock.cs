using System.Text.Json;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Platforms;

/// <summary>
/// Makes a supervisor the only one on its data folder. The kernel lets go of the lock however its holder ends.
/// A file beside it says who holds it: .NET does not let others read a locked file.
/// </summary>
internal sealed class PlatformLock : IDisposable
{
    private readonly FileStream _file;
    private readonly DataFolder _data;

    private PlatformLock(FileStream file, DataFolder data) => (_file, _data) = (file, data);

    /// <summary>Null when another process holds it.</summary>
    public static PlatformLock? TryTake(DataFolder data)
    {
        try
        {
            var held = new PlatformLock(new FileStream(data.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), data);
            WriteHolder(data);
            return held;
        }
        catch (IOException) when (Holder(data) is not null)
        {
            return null;
        }
    }

    /// <summary>The supervisor of a data folder; null when none is alive.</summary>
    public static ProcessIdentity? Holder(DataFolder data)
    {
        try
        {
            var holder = JsonSerializer.Deserialize(File.ReadAllBytes(data.HolderFile), RunJson.Default.ProcessIdentity);
            return holder.IsAlive ? holder : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        // This process may go on, and must not be taken for a supervisor then.
        File.Delete(_data.HolderFile);
        _file.Dispose();
    }

    private static void WriteHolder(DataFolder data)
    {
        var unfinished = data.HolderFile + ".new";
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(ProcessIdentity.Current, RunJson.Default.ProcessIdentity));
        File.Move(unfinished, data.HolderFile, overwrite: true);
    }
}
