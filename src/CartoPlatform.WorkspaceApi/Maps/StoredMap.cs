namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>A map as it is kept.</summary>
internal sealed record StoredMap
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>The user, or the token or client, that made it.</summary>
    public required Guid CreatedBy { get; init; }

    public MapPrivacy Privacy { get; init; }

    /// <summary>With the privacy <see cref="MapPrivacy.Password"/> alone.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>With the privacy <see cref="MapPrivacy.Groups"/> alone.</summary>
    public IReadOnlyList<Guid> Groups { get; init; } = [];

    public required MapContent Draft { get; init; }

    public MapContent? Published { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Moves on every change: what was made from an older state is not written over a newer one.</summary>
    public long Revision { get; init; }

    /// <summary>What those see who do not edit: the published version, or the draft of a map that never was.</summary>
    public MapContent Shown => Published ?? Draft;

    public bool HasUnpublishedChanges => Published is null || Published.ToJson() != Draft.ToJson();

    /// <summary>With the draft as the published version.</summary>
    public StoredMap Publish(DateTimeOffset now) => this with { Published = Draft, PublishedAt = now };
}
