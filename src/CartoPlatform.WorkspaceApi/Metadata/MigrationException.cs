namespace CartoPlatform.WorkspaceApi.Metadata;

/// <summary>The database's history and ours do not fit; a person has to look.</summary>
internal sealed class MigrationException : InvalidOperationException
{
    private MigrationException(string message)
        : base(message)
    {
    }

    public static MigrationException Edited(string name, string applied, string ours) => new(
        $"Migration {name} was applied to the metadata database with other content (checksum {applied}, here {ours}): "
        + "a released migration must not be edited");

    public static MigrationException LeftOut(string missing, string later) => new(
        $"Migration {later} is in the metadata database, but {missing} before it is not: it was made by another line of versions");

    public static MigrationException Unknown(string name) => new(
        $"Migration {name} is in the metadata database, but this version does not have it");
}
