namespace CartoPlatform.WorkspaceApi.Visibility;

/// <param name="IsAlone">
/// All of the platform is one process. A Workspace API by itself never is: others may remember what one of its replicas has told them,
/// and this one has never been asked.
/// </param>
internal sealed record Surroundings(bool IsAlone);
