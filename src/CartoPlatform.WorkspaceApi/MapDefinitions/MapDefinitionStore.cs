using CartoPlatform.PostGis.Metadata;
using Dapper;

namespace CartoPlatform.WorkspaceApi.MapDefinitions;

/// <summary>Instantiated maps, each under a hash of its definition.</summary>
internal sealed class MapDefinitionStore(MetadataDatabase database)
{
    public ValueTask<string?> FindAsync(string id, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "SELECT definition FROM platform.map_definitions WHERE id = @id", new { id }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>False when another definition stands under this id: then the id is not a hash of it.</summary>
    public ValueTask<bool> SaveAsync(string id, string definition, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            var parameters = new { id, definition };
            var added = await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO platform.map_definitions (id, definition) VALUES (@id, @definition) ON CONFLICT (id) DO NOTHING",
                parameters, cancellationToken: cancellationToken));
            return added == 1 || await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "SELECT definition = @definition FROM platform.map_definitions WHERE id = @id",
                parameters, cancellationToken: cancellationToken));
        },
        cancellationToken);
}
