namespace CartoPlatform.Contracts.Workspace;

/// <summary>Limits of what the Workspace API keeps; the metadata schema states the same ones.</summary>
public static class WorkspaceLimits
{
    /// <summary>A map definition in UTF-8. Room for a long query with long filters; the clients' own requests end far below.</summary>
    public const int MapDefinitionBytes = 1024 * 1024;

    public const int ConnectionNameLength = 64;

    public const int LoginNameLength = 64;

    public const int MapDefinitionIdLength = 128;
}
