namespace CartoPlatform.WorkspaceApi.Metadata;

/// <summary>The database's history and ours do not fit; a person has to look.</summary>
internal sealed class MigrationException(string message) : Exception(message);
