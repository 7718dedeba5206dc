namespace CartoPlatform.Contracts.Workspace;

/// <summary>A further login of a connection, for tokens that name it: its row-level security is theirs.</summary>
/// <param name="Name">What tokens call it.</param>
/// <param name="ReaderConnectionString">As <see cref="ConnectionRecord.ReaderConnectionString"/>.</param>
/// <param name="ReplicaConnectionStrings">As <see cref="ConnectionRecord.ReplicaConnectionStrings"/>.</param>
public sealed record ConnectionLogin(string Name, string ReaderConnectionString, IReadOnlyList<string> ReplicaConnectionStrings);
