using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Connections;

/// <summary>A server without encryption, which has taken another one's place, gets no password out of running pools either.</summary>
public sealed class ClearTextTests
{
    [Theory]
    [InlineData("Disable")]
    [InlineData("Allow")]
    [InlineData("Prefer")]
    public async Task Pool_answers_no_demand_for_a_password_in_clear_text(string mode)
    {
        await using var server = new ClearTextServer();
        var text = $"Host=127.0.0.1;Port={server.Port};Database=d;Username=u;Password=a secret in clear text;SSL Mode={mode}";
        await using var pool = new DatabasePool(
            new ConnectionRecord
            {
                Id = Guid.NewGuid(),
                Name = "taken",
                ProviderId = "postgres",
                Revision = 1,
                ReaderConnectionString = text,
                WriterConnectionString = text,
                ReplicaConnectionStrings = [text],
            },
            ServerAddresses.AsWritten, new PoolOptions { AcquireTimeLimit = TimeSpan.FromSeconds(3) }, TimeProvider.System);

        await using var ownSession = new NpgsqlConnection(pool.Record.ReaderConnectionString);
        foreach (var open in (Func<ValueTask>[])
                 [
                     async () => await pool.Reader.OpenConnectionAsync(), async () => await pool.Tables.OpenConnectionAsync(), async () => await pool.Writer!.OpenConnectionAsync(),
                     async () => await pool.OpenReaderAsync(CancellationToken.None), async () => await ownSession.OpenAsync(),
                 ])
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await open());

        Assert.True(server.Sessions >= 5, $"{server.Sessions} sessions");
        Assert.DoesNotContain("secret", await server.HearAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSL Mode=Require")]
    [InlineData("SSL Mode=VerifyFull")]
    [InlineData("Require Auth=Password")]
    public void Settings_that_say_so_themselves_stay(string settings) => Assert.Equal($"Host=h;{settings}", ClearText.Refuse($"Host=h;{settings}"));
}
