namespace CartoPlatform.Topology.Running;

/// <summary>A program and its arguments.</summary>
/// <param name="Command">As it is started.</param>
/// <param name="File">What must be there for it.</param>
/// <param name="WhenMissing">How to get it, as the end of a sentence that says that the file is missing.</param>
internal sealed record ProgramFile(IReadOnlyList<string> Command, string File, string WhenMissing)
{
    public string Folder => Path.GetDirectoryName(File) ?? "/";

    public static ProgramFile Assembly(string path) => new(
        [DotNetHost.Path, "exec", path],
        path,
        "build the platform with 'dotnet build CartoPlatform.sln', or start it with ./carto up, which does");
}
