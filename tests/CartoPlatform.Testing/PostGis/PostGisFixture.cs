using System.Globalization;
using System.Security.Cryptography;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;
using Xunit;

namespace CartoPlatform.Testing.PostGis;

/// <summary>
/// A database of one's own on a real PostGIS, with the same roles and rights as the platform's: use it as a class fixture.
/// The server is started once per test process (see <see cref="TestServer"/>); the database goes when the class is done.
/// </summary>
public sealed class PostGisFixture : IAsyncLifetime
{
    private readonly string _id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    private NpgsqlDataSource? _server;
    private NpgsqlDataSource? _owner;
    private NpgsqlDataSource? _reader;

    public string DatabaseName => $"test_{_id}";

    /// <summary>A superuser on this database.</summary>
    public string AdminConnectionString { get; private set; } = "";

    /// <summary>The role that owns the database, as carto_owner owns carto_dw.</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>The role that may only read what the owner made, as carto_reader does.</summary>
    public string ReaderConnectionString { get; private set; } = "";

    /// <summary>A pool as the owner; closed with the fixture.</summary>
    public NpgsqlDataSource Owner => _owner ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <summary>A pool as the reader; closed with the fixture.</summary>
    public NpgsqlDataSource Reader => _reader ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public async Task InitializeAsync()
    {
        var server = await TestServer.GetAsync();
        var definition = new DataDatabase(DatabaseName, Login("owner"), Login("reader"));
        AdminConnectionString = Change(server, builder => builder.Database = DatabaseName);
        OwnerConnectionString = As(definition.Owner);
        ReaderConnectionString = As(definition.Reader);

        _server = NpgsqlDataSource.Create(Change(server, builder => builder.Pooling = false));
        await using (var admin = NpgsqlDataSource.Create(Change(AdminConnectionString, builder => builder.Pooling = false)))
            await definition.EnsureAsync(_server, admin, CancellationToken.None);

        _owner = NpgsqlDataSource.Create(OwnerConnectionString);
        _reader = NpgsqlDataSource.Create(ReaderConnectionString);
    }

    public async Task DisposeAsync()
    {
        if (_owner is not null)
            await _owner.DisposeAsync();
        if (_reader is not null)
            await _reader.DisposeAsync();
        if (_server is null)
            return;

        await ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {DatabaseName} WITH (FORCE)");
        await ExecuteAsync(_server, $"DROP ROLE IF EXISTS {Login("owner").Name}, {Login("reader").Name}");
        await _server.DisposeAsync();
    }

    /// <summary>Runs statements as the owner.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(Owner, sql);

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private Login Login(string kind) => new(string.Create(CultureInfo.InvariantCulture, $"test_{_id}_{kind}"), _id);

    private string As(Login login) => Change(AdminConnectionString, builder =>
    {
        builder.Username = login.Name;
        builder.Password = login.Password;
    });

    private static string Change(string connectionString, Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        change(builder);
        return builder.ConnectionString;
    }
}
