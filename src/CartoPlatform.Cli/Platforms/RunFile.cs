using System.Text.Json;

namespace CartoPlatform.Cli.Platforms;

/// <summary>Reads and writes run.json. Writing replaces the file whole, so that readers never see half of one.</summary>
internal static class RunFile
{
    /// <summary>Null when there is none, or none that this version understands.</summary>
    public static RunRecord? Read(DataFolder data)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(data.RunFile), RunJson.Default.RunRecord);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    public static void Write(DataFolder data, RunRecord record)
    {
        var unfinished = data.RunFile + ".new";
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
        File.Move(unfinished, data.RunFile, overwrite: true);
    }

    public static void Delete(DataFolder data) => File.Delete(data.RunFile);
}
