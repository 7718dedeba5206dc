namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>A row of <c>platform.connections</c>.</summary>
internal sealed record StoredConnection
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string ProviderId { get; init; }

    public required long Revision { get; init; }

    /// <summary>The envelope of its <see cref="ConnectionCredentials"/>.</summary>
    public required byte[] Sealed { get; init; }

    public Guid? CreatedBy { get; init; }

    public bool NamedSourcesOnly { get; init; }

    public int? MaxConnections { get; init; }

    public int? StatementSeconds { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }
}
