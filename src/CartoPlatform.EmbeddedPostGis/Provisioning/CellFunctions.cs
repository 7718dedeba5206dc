using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>The SQL functions of H3 and quadbin cells (<c>deploy/postgis/init/functions/install.sql</c>), in a schema <c>carto</c> of our own.</summary>
public static class CellFunctions
{
    private const string Resource = "functions/install.sql";

    /// <summary>Takes a superuser on the database, and the schema <see cref="ChangeDetection"/> has made. Applying it again replaces them.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        await using var stream = typeof(CellFunctions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing");
        using var reader = new StreamReader(stream);
        await using var connection = await admin.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(await reader.ReadToEndAsync(cancellationToken), connection, transaction)) await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
