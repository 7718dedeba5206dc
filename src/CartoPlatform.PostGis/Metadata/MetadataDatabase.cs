using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Types;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.PostGis.Metadata;

/// <summary>The pool of the metadata database. A type of its own, so that no other pool of the process can be taken for it.</summary>
public sealed class MetadataDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public MetadataDatabase(IOptions<MetadataOptions> options)
    {
        _source = new NpgsqlDataSourceBuilder(options.Value.ConnectionString)
        {
            ConnectionStringBuilder = { ApplicationName = "CartoPlatform metadata" },
        }.Build();
        Describer = new QueryDescriber(_source, new TypeCatalog());
    }

    /// <summary>For results whose types are found out.</summary>
    public QueryDescriber Describer { get; }

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        await _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs one piece of work; a database that cannot be reached becomes <see cref="WorkspaceUnavailableException"/>.</summary>
    public async ValueTask<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (NpgsqlException exception) when (IsOutage(exception))
        {
            throw new WorkspaceUnavailableException($"the metadata database cannot be reached: {exception.Message}", exception);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // Errors of a statement fly on: they are bugs. Without a server answer it is the connection; with one, the server's own state.
    private static bool IsOutage(NpgsqlException exception) => exception is not PostgresException { SqlState: var state } || state switch
    {
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections => true,
        _ => state.StartsWith("08", StringComparison.Ordinal),
    };
}
