using System.Text;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>The SQL functions of H3 and quadbin cells (<c>deploy/postgis/init/functions</c>), in a schema <c>carto</c> of our own.</summary>
public static class CellFunctions
{
    private const string Folder = "functions/";

    // The script for psql: its parts in their order.
    private const string Script = Folder + "cells.sql";
    private const string Include = "\\ir ";

    /// <summary>Takes a superuser on the database, and the schema <see cref="ChangeDetection"/> has made. Applying it again replaces them.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder();
        foreach (var line in (await ReadAsync(Script, cancellationToken)).Split('\n'))
        {
            if (line.StartsWith(Include, StringComparison.Ordinal)) sql.AppendLine(await ReadAsync(Folder + line[Include.Length..].Trim(), cancellationToken));
        }

        await using var connection = await admin.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(sql.ToString(), connection, transaction)) await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<string> ReadAsync(string resource, CancellationToken cancellationToken)
    {
        await using var stream = typeof(CellFunctions).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
