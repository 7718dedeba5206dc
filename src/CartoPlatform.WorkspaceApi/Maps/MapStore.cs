using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Paging;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>The maps in the metadata database.</summary>
internal sealed class MapStore(MetadataDatabase database)
{
    private const int MaxAttempts = 10;

    private const string EmptyTags = "{}";

    /// <summary>What somebody opens without a password and whatever he may read: the same as <see cref="MapAccess"/> says of one map.</summary>
    private const string IsOpen = """
        m.account_id = @AccountId
        AND (@SeesAll OR m.created_by = @Id OR m.privacy IN ('organization', 'public')
             OR (m.privacy = 'groups' AND EXISTS (
                 SELECT FROM platform.map_groups g JOIN platform.group_members u ON u.group_id = g.group_id
                 WHERE g.map_id = m.id AND u.user_id = @Id)))
        """;

    private const string Select = """
        SELECT m.id, m.account_id AS "AccountId", m.created_by AS "CreatedBy", m.privacy, m.password_hash AS "PasswordHash", m.draft, m.published,
               m.created_at AS "CreatedAt", m.updated_at AS "UpdatedAt", m.published_at AS "PublishedAt", m.revision,
               ARRAY(SELECT group_id FROM platform.map_groups g WHERE g.map_id = m.id ORDER BY group_id) AS "Groups"
        FROM platform.maps m
        """;

    private static readonly ApiError ChangedMeanwhile =
        new(StatusCodes.Status409Conflict, "The map is being changed by others at this moment; try again");

    public ValueTask<StoredMap?> FindAsync(Guid id, CancellationToken cancellationToken) => database.AskAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} WHERE m.id = @id", new { id }, cancellationToken: cancellationToken)))?.ToMap(),
        cancellationToken);

    /// <summary>
    /// What this actor may open of the maps by what he is, in the order of the query. Each is told as he would see it: the draft to those
    /// who edit it, to others what is published. What they cannot see is not found by its words either.
    /// </summary>
    /// <param name="actor">Who.</param>
    /// <param name="mayWrite">Whether he edits what he administers.</param>
    /// <param name="onlyIds">Of what he does not edit and is not public, these alone; null is all.</param>
    /// <param name="page">Which of them.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Page<MapSummary>> ListAsync(
        Actor actor, bool mayWrite, Guid[]? onlyIds, PageRequest page, MapListQuery query, CancellationToken cancellationToken) => database.AskAsync(
        connection => page.ReadAsync<MapSummary>(
            connection,
            $"""
            SELECT m.id, shown.title, m.privacy, m.created_by AS "CreatedBy", m.created_at AS "CreatedAt", shown.updated_at AS "UpdatedAt",
                   m.published_at AS "PublishedAt", shown.description, shown.tags
            FROM platform.maps m
            CROSS JOIN LATERAL (SELECT @mayWrite AND (@SeesAll OR m.created_by = @Id) AS edits) him
            CROSS JOIN LATERAL (SELECT him.edits OR m.published_title IS NULL AS is_draft) version
            CROSS JOIN LATERAL (
                SELECT CASE WHEN version.is_draft THEN m.title ELSE m.published_title END AS title,
                       CASE WHEN version.is_draft THEN m.description ELSE m.published_description END AS description,
                       CASE WHEN version.is_draft THEN m.tags ELSE coalesce(m.published_tags, '{EmptyTags}') END AS tags,
                       CASE WHEN him.edits THEN m.updated_at ELSE coalesce(m.published_at, m.updated_at) END AS updated_at) shown
            WHERE {IsOpen}
              AND (@onlyIds::uuid[] IS NULL OR him.edits OR m.privacy = 'public' OR m.id = ANY (@onlyIds::uuid[]))
              AND (@search IS NULL OR strpos(lower(shown.title), lower(@search)) > 0)
              AND (@Privacies::text[] IS NULL OR m.privacy = ANY (@Privacies::text[]))
              AND (@Tags::text[] IS NULL OR shown.tags @> @Tags::text[])
            """,
            query.OrderSql,
            new { actor.AccountId, actor.SeesAll, actor.Id, mayWrite, onlyIds, query.Privacies, query.Tags },
            cancellationToken),
        cancellationToken);

    /// <summary>Those that this actor may open by what he is, but for the public ones.</summary>
    public ValueTask<IEnumerable<Guid>> ListClosedAsync(Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QueryAsync<Guid>(new CommandDefinition(
            $"SELECT m.id FROM platform.maps m WHERE {IsOpen} AND m.privacy <> 'public'",
            new { actor.AccountId, actor.SeesAll, actor.Id }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>What lists tell of published versions, for maps of before they did.</summary>
    public static async Task FillPublishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(
            "SELECT id FROM platform.maps WHERE published IS NOT NULL AND published_title IS NULL", cancellationToken: cancellationToken));
        foreach (var id in ids)
        {
            var document = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
                "SELECT published FROM platform.maps WHERE id = @id AND published_title IS NULL FOR UPDATE", new { id }, cancellationToken: cancellationToken));
            if (document is null) continue;
            var published = MapContent.Parse(document);
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE platform.maps SET published_title = @Title, published_description = @Description, published_tags = @tags WHERE id = @id",
                new { id, published.Title, published.Description, tags = published.Tags.ToArray() }, cancellationToken: cancellationToken));
        }
    }

    public ValueTask<bool> IsInAnyGroupAsync(Guid userId, IReadOnlyList<Guid> groups, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM platform.group_members WHERE user_id = @userId AND group_id = ANY (@groups))",
            new { userId, groups = groups.ToArray() }, cancellationToken: cancellationToken)),
        cancellationToken);

    public ValueTask<ApiError?> AddAsync(StoredMap map, Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO platform.maps
                    (id, account_id, created_by, title, description, tags, privacy, password_hash, draft, published, created_at, updated_at, published_at,
                     published_title, published_description, published_tags)
                VALUES (@Id, @AccountId, @CreatedBy, @Title, @Description, @Tags, @Privacy, @PasswordHash, @Draft, @Published, @CreatedAt, @UpdatedAt, @PublishedAt,
                        @PublishedTitle, @PublishedDescription, @PublishedTags)
                """,
                Row.Of(map), cancellationToken: cancellationToken));
            if (await ShareAsync(connection, map, cancellationToken) is { } error) return error;
            await AuditLog.WriteAsync(connection, actor, "map.create", map.Id.ToString(), Details(map), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return null;
        },
        cancellationToken);

    /// <summary>
    /// Replaces a map by what <paramref name="change"/> makes of it. When somebody else was faster it is called again, with what he made.
    /// A change of privacy ends the map's token: who saw the map before does not see it for ever.
    /// </summary>
    public async Task<MapChange> ChangeAsync(
        Guid id, Actor actor, string action, Func<StoredMap, ValueTask<MapChange>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await FindAsync(id, cancellationToken) is not { } before) return MapChange.Refuse(MapErrors.NotFound(id.ToString()));
            var changed = await change(before);
            if (changed.Map is null) return changed;
            if (await TryWriteAsync(before, changed.Map, actor, action, cancellationToken) is not { } written) continue;
            return written;
        }

        return MapChange.Refuse(ChangedMeanwhile);
    }

    public ValueTask DeleteAsync(StoredMap map, Actor actor, CancellationToken cancellationToken)
    {
        return new ValueTask(database.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var deleted = await connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM platform.maps WHERE id = @Id", new { map.Id }, cancellationToken: cancellationToken));
                if (deleted > 0) await AuditLog.WriteAsync(connection, actor, "map.delete", map.Id.ToString(), Details(map), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return deleted;
            },
            cancellationToken).AsTask());
    }

    /// <summary>Null when the map is no longer as it was.</summary>
    private ValueTask<MapChange?> TryWriteAsync(StoredMap before, StoredMap after, Actor actor, string action, CancellationToken cancellationToken) =>
        database.AskAsync<MapChange?>(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var written = await connection.ExecuteAsync(new CommandDefinition(
                    """
                    UPDATE platform.maps
                    SET title = @Title, description = @Description, tags = @Tags, privacy = @Privacy, password_hash = @PasswordHash, draft = @Draft, published = @Published,
                        updated_at = @UpdatedAt, published_at = @PublishedAt, revision = revision + 1,
                        published_title = @PublishedTitle, published_description = @PublishedDescription, published_tags = @PublishedTags
                    WHERE id = @Id AND revision = @Revision
                    """,
                    Row.Of(after), cancellationToken: cancellationToken));
                if (written == 0) return null;
                if (await ShareAsync(connection, after, cancellationToken) is { } error) return MapChange.Refuse(error);
                var changesSight = ChangesSight(before, after);
                var changesGrants = !GrantsOf(before).SequenceEqual(GrantsOf(after));
                if (changesSight) await MapTokens.RevokeAsync(connection, after.Id, cancellationToken);
                else if (changesGrants) await MapTokens.SupersedeAsync(connection, after.Id, cancellationToken);
                await AuditLog.WriteAsync(connection, actor, action, after.Id.ToString(), Details(after), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return MapChange.To(after with { Revision = after.Revision + 1 }) with { ChangesToken = changesSight || changesGrants };
            },
            cancellationToken);

    private static bool ChangesSight(StoredMap before, StoredMap after) =>
        before.Privacy != after.Privacy || before.PasswordHash != after.PasswordHash || !before.Groups.SequenceEqual(after.Groups);

    private static IEnumerable<GrantRecord?> GrantsOf(StoredMap map) => map.Shown.ReadDatasets().Select(DatasetGrants.Find);

    /// <summary>Writes the groups of the map; the error where one of them is not there.</summary>
    private static async Task<ApiError?> ShareAsync(NpgsqlConnection connection, StoredMap map, CancellationToken cancellationToken)
    {
        var parameters = new { map.Id, map.AccountId, groups = map.Groups.ToArray() };
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM platform.map_groups WHERE map_id = @Id AND NOT group_id = ANY (@groups)", parameters, cancellationToken: cancellationToken));
        if (map.Groups.Count == 0) return null;
        var known = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            WITH known AS (SELECT id FROM platform.groups WHERE account_id = @AccountId AND id = ANY (@groups) FOR KEY SHARE),
                 written AS (INSERT INTO platform.map_groups (map_id, group_id) SELECT @Id, id FROM known ON CONFLICT DO NOTHING)
            SELECT count(*)::int FROM known
            """,
            parameters, cancellationToken: cancellationToken));
        return known == map.Groups.Count ? null : ApiError.BadRequest("groups names a group that is not there");
    }

    private static JsonElement Details(StoredMap map) =>
        JsonSerializer.SerializeToElement(new { title = map.Draft.Title, privacy = MapPrivacyText.Of(map.Privacy), published = map.PublishedAt });

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid AccountId { get; init; }

        public required Guid CreatedBy { get; init; }

        public string? Title { get; init; }

        public string? Description { get; init; }

        public string[] Tags { get; init; } = [];

        public required string Privacy { get; init; }

        public string? PasswordHash { get; init; }

        public required string Draft { get; init; }

        public string? Published { get; init; }

        public required DateTime CreatedAt { get; init; }

        public required DateTime UpdatedAt { get; init; }

        public DateTime? PublishedAt { get; init; }

        public string? PublishedTitle { get; init; }

        public string? PublishedDescription { get; init; }

        public string[]? PublishedTags { get; init; }

        public required long Revision { get; init; }

        public Guid[] Groups { get; init; } = [];

        public static Row Of(StoredMap map) => new()
        {
            Id = map.Id,
            AccountId = map.AccountId,
            CreatedBy = map.CreatedBy,
            Title = map.Draft.Title,
            Description = map.Draft.Description,
            Tags = [.. map.Draft.Tags],
            Privacy = MapPrivacyText.Of(map.Privacy),
            PasswordHash = map.PasswordHash,
            Draft = map.Draft.ToJson(),
            Published = map.Published?.ToJson(),
            CreatedAt = map.CreatedAt.UtcDateTime,
            UpdatedAt = map.UpdatedAt.UtcDateTime,
            PublishedAt = map.PublishedAt?.UtcDateTime,
            PublishedTitle = map.Published?.Title,
            PublishedDescription = map.Published?.Description,
            PublishedTags = map.Published?.Tags.ToArray(),
            Revision = map.Revision,
        };

        public StoredMap ToMap() => new()
        {
            Id = Id,
            AccountId = AccountId,
            CreatedBy = CreatedBy,
            Privacy = MapPrivacyText.Find(Privacy) ?? MapPrivacy.Private,
            PasswordHash = PasswordHash,
            Groups = Groups,
            Draft = MapContent.Parse(Draft),
            Published = Published is null ? null : MapContent.Parse(Published),
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
            PublishedAt = PublishedAt,
            Revision = Revision,
        };
    }
}
