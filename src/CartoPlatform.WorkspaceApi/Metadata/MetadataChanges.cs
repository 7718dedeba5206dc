using CartoPlatform.PostGis.Metadata;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Metadata;

internal static class MetadataChanges
{
    /// <summary>Runs a change and what goes with it, its line in the audit above all, in one transaction.</summary>
    public static ValueTask<T> ChangeAsync<T>(
        this MetadataDatabase database, Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken) =>
        database.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await change(connection);
                await transaction.CommitAsync(cancellationToken);
                return result;
            },
            cancellationToken);
}
