using Npgsql;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>Loads one source into one table: all of it in one transaction, or nothing.</summary>
internal sealed class TableLoader : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    public TableLoader(string ownerConnection) =>
        // The details of errors name the user's own objects to the user: which view needs a table.
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ownerConnection) { IncludeErrorDetail = true }.ConnectionString);

    /// <param name="source">What to load.</param>
    /// <param name="table">Where to; its schema is made if it is missing.</param>
    /// <param name="overwrite">Replace a table of that name, which stays readable until the new one is complete.</param>
    /// <param name="show">Takes the share done and what is being done.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>The number of rows.</returns>
    public async Task<long> LoadAsync(IRowSource source, TableName table, bool overwrite, Action<double, string> show, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await TargetTable.RequireFreeAsync(connection, table, overwrite, cancellationToken);
        var shape = await TableShape.LearnAsync(source, share => show(share * 0.3, "reading"), cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var staging = new StagingTable(connection, shape);
        await staging.CreateAsync(cancellationToken);
        await staging.FillAsync(source, share => show(0.3 + (share * 0.5), "loading"), cancellationToken);
        show(0.8, "sorting and indexing");
        await TargetTable.MakeAsync(connection, staging, source, table, overwrite, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        show(1, "done");
        return shape.Rows;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
