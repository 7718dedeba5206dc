using System.Net;
using System.Net.Sockets;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.Testing.Time;
using Dapper;
using Microsoft.AspNetCore.Connections;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>A platform's settings, an empty metadata schema and a folder for the owner's token; services start on it, one or several.</summary>
internal sealed class TestPlatform : IAsyncDisposable
{
    public const string InternalKey = "internal-key-of-the-tests";

    private const int MaxAttempts = 5;

    private readonly PostGisFixture _database;
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-test-").FullName;

    private TestPlatform(PostGisFixture database)
    {
        _database = database;
        Settings = new()
        {
            ["Platform:InternalKey"] = InternalKey,
            ["Tokens:SigningKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()),
            ["Metadata:ConnectionString"] = database.OwnerConnectionString,
            ["Bootstrap:OwnerTokenFile"] = OwnerTokenFile,
            ["Bootstrap:Connections:0:Name"] = "carto_dw",
            ["Bootstrap:Connections:0:ReaderConnectionString"] = database.ReaderConnectionString,
            ["Bootstrap:Connections:0:WriterConnectionString"] = database.OwnerConnectionString,
        };
    }

    public Dictionary<string, string?> Settings { get; }

    public ManualTime Time { get; } = new();

    /// <summary>What stands in for the machine's resolver; null is that itself.</summary>
    public HostResolver? Resolver { get; set; }

    public string OwnerTokenFile => Path.Combine(_folder, "owner-token");

    public static async Task<TestPlatform> CreateAsync(PostGisFixture database)
    {
        await database.ExecuteAsync("DROP SCHEMA IF EXISTS platform CASCADE");
        return new TestPlatform(database);
    }

    /// <summary>Starts a Workspace API as its Program does, with the settings as they are now.</summary>
    public async Task<WorkspaceService> StartAsync()
    {
        // A free port can be taken by somebody else before the service listens on it.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAsync(FreePort());
            }
            catch (IOException exception) when (exception.InnerException is AddressInUseException && attempt < MaxAttempts)
            {
            }
        }
    }

    public string ReadOwnerToken() => File.ReadAllText(OwnerTokenFile).Trim();

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = await _database.Owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<WorkspaceService> StartAsync(int internalPort)
    {
        var service = new WorkspaceService(Settings, Time, Resolver, internalPort);
        try
        {
            await Task.Run(service.Start);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
