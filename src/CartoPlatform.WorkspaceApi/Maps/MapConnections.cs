using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Which maps show data of a connection, in their draft or in what is published; and how they come to show another one's.</summary>
internal static class MapConnections
{
    // Documents are kept as text and may hold what jsonb does not take: as json only the members that are asked for are looked at.
    private const string Uses = """
        EXISTS (SELECT FROM unnest(ARRAY[draft, published]) AS document, json_array_elements(document::json -> 'datasets') AS dataset
                WHERE document IS NOT NULL AND dataset ->> 'connectionName' = @name)
        """;

    public static Task<long> CountAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT count(*) FROM platform.maps WHERE {Uses}", new { name }, cancellationToken: cancellationToken));

    /// <summary>Lets the datasets name the other connection; everything else of a map stays letter by letter.</summary>
    public static async Task MoveAsync(NpgsqlConnection connection, string name, string target, CancellationToken cancellationToken)
    {
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(
            $"SELECT id FROM platform.maps WHERE {Uses} ORDER BY id FOR UPDATE", new { name }, cancellationToken: cancellationToken));
        foreach (var id in ids)
        {
            var map = await connection.QuerySingleAsync<Documents>(new CommandDefinition(
                "SELECT draft, published FROM platform.maps WHERE id = @id", new { id }, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE platform.maps SET draft = @draft, published = @published, updated_at = now(), revision = revision + 1 WHERE id = @id",
                new { id, draft = Move(map.Draft, name, target), published = map.Published is null ? null : Move(map.Published, name, target) },
                cancellationToken: cancellationToken));
            await MapTokens.SupersedeAsync(connection, id, cancellationToken);
        }
    }

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

    private sealed record Documents(string Draft, string? Published);
}
