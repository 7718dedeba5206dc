using Npgsql;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>The schema that PostGIS is in, which need not be in the search path. Asked of a database once.</summary>
public sealed class SpatialSchema(NpgsqlDataSource dataSource)
{
    private const string Sql = """
        SELECT n.nspname::text
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgis'
        """;

    private volatile string? _name;

    /// <summary>The schema's name; null where the database has no PostGIS, which is asked again: it may get it.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (_name is { } known) return known;
        await using var command = dataSource.CreateCommand(Sql);
        return _name = await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
