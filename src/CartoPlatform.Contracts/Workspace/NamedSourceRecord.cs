namespace CartoPlatform.Contracts.Workspace;

/// <summary>SQL under a name, which goes where SQL goes.</summary>
public sealed record NamedSourceRecord
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The statement, with placeholders maybe.</summary>
    public required string Sql { get; init; }

    /// <summary>Moves on every change; part of every key made from its data.</summary>
    public required long Revision { get; init; }
}
