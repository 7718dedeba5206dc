namespace CartoPlatform.Topology.Running;

/// <summary>The programs that services are started with.</summary>
public static class DotNetHost
{
    /// <summary>The dotnet that runs us, so that services get the same runtime; otherwise the one the SDK names, or the PATH's.</summary>
    public static string Path { get; } = Environment.ProcessPath is { } own && System.IO.Path.GetFileName(own) == "dotnet"
        ? own
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Null where the system has no such command.</summary>
    public static string? SetSid { get; } = File.Exists("/usr/bin/setsid") ? "/usr/bin/setsid" : null;
}
