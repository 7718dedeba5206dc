using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.Visibility;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>What those who may edit do with maps.</summary>
internal sealed class MapEditor(
    MapStore maps, ConnectionStore connections, DatasetAccess access, PasswordHashing passwords, ChangeVisibility visibility, TimeProvider time)
{
    /// <summary>What the platform tells of a map beside its content: in a document that comes back it is passed over.</summary>
    private static readonly HashSet<string> ToldByUs = new(StringComparer.Ordinal)
    {
        "id", "token", "ownerId", "createdAt", "updatedAt", "publishedAt", "hasUnpublishedChanges",
    };

    public async Task<MapChange> CreateAsync(
        Principal principal, Actor actor, OrderedDictionary<string, JsonElement> members, CancellationToken cancellationToken)
    {
        var (content, wrong) = await ChangeContentAsync(MapContent.Empty, members, principal, cancellationToken);
        if (content is null) return MapChange.Refuse(wrong ?? ApiError.BadRequest("The map cannot be made"));
        var now = Now();
        var change = MapChange.To(new StoredMap
        {
            Id = Guid.NewGuid(),
            AccountId = actor.AccountId,
            CreatedBy = actor.Id,
            Draft = content,
            CreatedAt = now,
            UpdatedAt = now,
        });
        if (MapSharing.IsIn(members)) change = await ShareAsync(change, members, now, cancellationToken);
        if (change.Map is not { } map) return change;
        return await maps.AddAsync(map, actor, cancellationToken) is { } error ? MapChange.Refuse(error) : change;
    }

    public Task<MapChange> UpdateAsync(
        Guid id, Principal principal, Actor actor, OrderedDictionary<string, JsonElement> members, CancellationToken cancellationToken) =>
        EditAsync(id, principal, actor, "map.update", async map =>
        {
            var (content, wrong) = await ChangeContentAsync(map.Draft, members, principal, cancellationToken);
            if (content is null) return MapChange.Refuse(wrong ?? ApiError.BadRequest("The map cannot be changed"));
            var changed = map with { Draft = content, UpdatedAt = Now() };
            return MapSharing.IsIn(members)
                ? await PublishedDatasetsMayBeReadAsync(principal, () => ShareAsync(MapChange.To(changed), members, Now(), cancellationToken), changed, cancellationToken)
                : MapChange.To(changed);
        }, cancellationToken);

    public Task<MapChange> ShareAsync(Guid id, Principal principal, Actor actor, MapSharing sharing, CancellationToken cancellationToken) =>
        EditAsync(id, principal, actor, "map.share", map => PublishedDatasetsMayBeReadAsync(
            principal, () => sharing.ApplyAsync(map, passwords, Now(), cancellationToken), map, cancellationToken), cancellationToken);

    public Task<MapChange> PublishAsync(Guid id, Principal principal, Actor actor, CancellationToken cancellationToken) =>
        EditAsync(id, principal, actor, "map.publish", map => PublishedDatasetsMayBeReadAsync(
            principal, () => ValueTask.FromResult(MapChange.To(map.Publish(Now()))), map, cancellationToken), cancellationToken);

    public Task<MapChange> PutDatasetAsync(
        Guid id, string datasetId, bool isNew, OrderedDictionary<string, JsonElement> members, Principal principal, Actor actor,
        CancellationToken cancellationToken) =>
        EditAsync(id, principal, actor, isNew ? "map.add_dataset" : "map.update_dataset", async map =>
        {
            var datasets = map.Draft.ReadDatasets().ToList();
            var place = datasets.FindIndex(dataset => dataset.Id == datasetId);
            if (isNew && place >= 0) return MapChange.Refuse(new ApiError(StatusCodes.Status409Conflict, $"The map has a dataset {datasetId} already"));
            if (isNew && datasets.Count >= DatasetReader.MaxDatasets) return MapChange.Refuse(ApiError.BadRequest($"A map has at most {DatasetReader.MaxDatasets} datasets"));
            if (!isNew && place < 0) return MapChange.Refuse(MapErrors.NoDataset(datasetId));

            var merged = isNew ? MapJson.Object(members) : MapJson.Object(MapJson.Merge(datasets[place].Members, members));
            var (dataset, wrong) = await (await ReaderAsync(principal, cancellationToken)).ReadAsync(merged, cancellationToken);
            if (dataset is null) return MapChange.Refuse(wrong ?? ApiError.BadRequest("The dataset cannot be read"));
            if (isNew) datasets.Add(dataset);
            else datasets[place] = dataset;
            return Checked(map, map.Draft.WithDatasets(datasets));
        }, cancellationToken);

    public Task<MapChange> RemoveDatasetAsync(Guid id, string datasetId, Principal principal, Actor actor, CancellationToken cancellationToken) =>
        EditAsync(id, principal, actor, "map.remove_dataset", map =>
        {
            var datasets = map.Draft.ReadDatasets().ToList();
            return ValueTask.FromResult(datasets.RemoveAll(dataset => dataset.Id == datasetId) == 0
                ? MapChange.Refuse(MapErrors.NoDataset(datasetId))
                : Checked(map, map.Draft.WithDatasets(datasets)));
        }, cancellationToken);

    private async Task<MapChange> EditAsync(
        Guid id, Principal principal, Actor actor, string action, Func<StoredMap, ValueTask<MapChange>> change, CancellationToken cancellationToken)
    {
        var changed = await maps.ChangeAsync(
            id, actor, action,
            map => MapAccess.MayEdit(map, principal) ? change(map) : ValueTask.FromResult(MapChange.Refuse(MapErrors.NotFound(id.ToString()))),
            cancellationToken);
        // What a page that is open has of the map's token reads at once what the map shows now, and no more.
        if (changed.ChangesToken) await visibility.SettleAsync(cancellationToken);
        return changed;
    }

    /// <summary>
    /// To show a map to others is to let them read its datasets. Who does it must be able to read all of them himself, also those that
    /// somebody else has put in.
    /// </summary>
    private async ValueTask<MapChange> PublishedDatasetsMayBeReadAsync(
        Principal principal, Func<ValueTask<MapChange>> change, StoredMap map, CancellationToken cancellationToken)
    {
        foreach (var dataset in map.Draft.ReadDatasets().Concat(map.Shown.ReadDatasets()))
        {
            if (!await access.PermitsAsync(principal, dataset, cancellationToken)) return MapChange.Refuse(ApiError.Forbidden());
        }

        return await change();
    }

    private async ValueTask<MapChange> ShareAsync(
        MapChange change, OrderedDictionary<string, JsonElement> members, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (sharing, wrong) = MapSharing.Read(members);
        if (sharing is null) return MapChange.Refuse(wrong ?? ApiError.BadRequest("privacy is missing"));
        return change.Map is { } map ? await sharing.ApplyAsync(map, passwords, now, cancellationToken) : change;
    }

    private async Task<(MapContent? Content, ApiError? Error)> ChangeContentAsync(
        MapContent before, OrderedDictionary<string, JsonElement> members, Principal principal, CancellationToken cancellationToken)
    {
        var content = before.With(members.Where(member =>
            member.Key != MapContent.Datasets && !ToldByUs.Contains(member.Key) && !MapSharing.IsMember(member.Key)));
        if (content.Check() is { } wrong) return (null, wrong);
        if (!members.TryGetValue(MapContent.Datasets, out var given) || given.ValueKind == JsonValueKind.Null) return (content, null);

        var (datasets, error) = await (await ReaderAsync(principal, cancellationToken)).ReadAllAsync(given, cancellationToken);
        if (error is not null) return (null, error);
        content = content.WithDatasets(datasets);
        return content.Check() is { } tooLarge ? (null, tooLarge) : (content, null);
    }

    private MapChange Checked(StoredMap map, MapContent content) => content.Check() is { } wrong
        ? MapChange.Refuse(wrong)
        : MapChange.To(map with { Draft = content, UpdatedAt = Now() });

    private async Task<DatasetReader> ReaderAsync(Principal principal, CancellationToken cancellationToken) =>
        new(principal, [.. await connections.ListAsync(cancellationToken)], access);

    // PostgreSQL keeps microseconds, the wire milliseconds: so that the first answer says what later ones say.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
