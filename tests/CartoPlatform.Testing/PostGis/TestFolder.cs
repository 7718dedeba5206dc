namespace CartoPlatform.Testing.PostGis;

public static class TestFolder
{
    /// <summary>A new folder under the system's temporary one that PostgreSQL's account may pass through.</summary>
    public static string Create()
    {
        var folder = Directory.CreateTempSubdirectory("carto-test-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return folder;
    }
}
