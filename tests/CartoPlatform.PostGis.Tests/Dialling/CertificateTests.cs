using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Dialling;

/// <summary>Dialling an address in place of a name changes nothing about whose certificate is accepted: that of the name.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("db.example.org", true)]
    [InlineData("other.example.org", false)]
    [InlineData("127.0.0.1", false)]
    public async Task Server_must_have_the_certificate_of_the_name(string host, bool isAccepted)
    {
        var authority = Path.Combine(_folder, "ca.crt");
        await using var server = TlsServer.Start("db.example.org", authority);
        var record = new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "verified",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = $"Host={host};Port={server.Port};Database=d;Username=u;Password=p;SSL Mode=VerifyFull;Root Certificate={authority}",
            RefusedNetworks = RefusedNetworks.Default,
        };
        var finder = new ServerFinder((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), NullLogger<ServerFinder>.Instance);
        await using var pool = new DatabasePool(record, await finder.FindAsync(record, null, CancellationToken.None), new PoolOptions(), TimeProvider.System);
        await using var own = pool.OpenForScan("test", TimeSpan.FromMinutes(1));

        // The server says nothing more than its certificate.
        foreach (var source in (NpgsqlDataSource[])[pool.Reader, own]) await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await source.OpenConnectionAsync());

        Assert.Equal(isAccepted, server.Begun > 0);
    }

    [Fact]
    public async Task Server_that_has_not_been_looked_for_is_not_dialled()
    {
        var record = new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "looked",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = "Host=db.example.org;Database=d;Username=u;Password=p",
            RefusedNetworks = [],
        };
        var finder = new ServerFinder((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), NullLogger<ServerFinder>.Instance);
        var found = await finder.FindAsync(record, null, CancellationToken.None);

        Assert.Throws<InvalidOperationException>(() => found.Open(new NpgsqlConnectionStringBuilder("Host=other.example.org;Database=d")));
        Assert.Throws<InvalidOperationException>(() => found.Open(new NpgsqlConnectionStringBuilder("Host=127.0.0.1;Database=d")));
    }
}
