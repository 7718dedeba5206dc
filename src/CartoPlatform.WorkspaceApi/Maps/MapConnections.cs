using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Which maps show data of a connection, in their draft or in what is published; and how they come to show another one's.</summary>
internal static class MapConnections
{
    public static async Task<long> CountAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var id in await FindAsync(connection, name, "", cancellationToken))
        {
            if (await ReadAsync(connection, id, cancellationToken) is { } map && (Shows(map.Draft, name) || Shows(map.Published, name))) count++;
        }

        return count;
    }

    /// <summary>Those maps, locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<MapOfConnection>> FindForMoveAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        List<MapOfConnection> maps = [];
        foreach (var id in await FindAsync(connection, name, "FOR UPDATE", cancellationToken))
        {
            if (await ReadAsync(connection, id, cancellationToken) is { } map && (Shows(map.Draft, name) || Shows(map.Published, name)))
                maps.Add(new MapOfConnection(id, map.CreatedBy));
        }

        return maps;
    }

    /// <summary>Lets the datasets of the map name the other connection; everything else of it stays letter by letter.</summary>
    public static async Task MoveAsync(NpgsqlConnection connection, Guid id, string name, string target, CancellationToken cancellationToken)
    {
        if (await ReadAsync(connection, id, cancellationToken) is not { } map) return;
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.maps SET draft = @draft, published = @published, updated_at = now(), revision = revision + 1 WHERE id = @id",
            new { id, draft = Move(map.Draft, name, target), published = map.Published is null ? null : Move(map.Published, name, target) },
            cancellationToken: cancellationToken));
        await MapTokens.SupersedeAsync(connection, id, cancellationToken);
    }

    // Those whose text has the name in it. Texts may hold what PostgreSQL's own JSON does not take, so that they are read here, one by one.
    private static Task<IEnumerable<Guid>> FindAsync(NpgsqlConnection connection, string name, string locking, CancellationToken cancellationToken) =>
        connection.QueryAsync<Guid>(new CommandDefinition(
            $"SELECT id FROM platform.maps WHERE strpos(draft, @text) > 0 OR strpos(published, @text) > 0 ORDER BY id {locking}",
            new { text = $"\"{name}\"" }, cancellationToken: cancellationToken));

    private static Task<Documents?> ReadAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Documents?>(new CommandDefinition(
            """SELECT draft, published, created_by AS "CreatedBy" FROM platform.maps WHERE id = @id""", new { id }, cancellationToken: cancellationToken));

    private static bool Shows(string? document, string name) =>
        document is not null && MapContent.Parse(document).ReadDatasets().Any(dataset => dataset.ConnectionName == name);

    private static string Move(string document, string name, string target)
    {
        var content = MapContent.Parse(document);
        return content.WithDatasets(content.ReadDatasets().Select(dataset => dataset.ConnectionName == name ? Move(dataset, target) : dataset)).ToJson();
    }

    private static MapDataset Move(MapDataset dataset, string target) => dataset with
    {
        ConnectionName = target,
        Members = MapJson.Write(writer =>
        {
            writer.WriteStartObject();
            foreach (var member in dataset.Members.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                if (member.Name == "connectionName") writer.WriteStringValue(target);
                else MapJson.WriteRaw(writer, member.Value);
            }

            writer.WriteEndObject();
        }),
    };

    private sealed record Documents(string Draft, string? Published, Guid CreatedBy);
}

/// <summary>A map that shows data of a connection, and who made it.</summary>
internal readonly record struct MapOfConnection(Guid Id, Guid CreatedBy);
