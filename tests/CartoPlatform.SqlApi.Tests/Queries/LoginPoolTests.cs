using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.SqlApi.Tests.Hosting;
using CartoPlatform.Testing.Time;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>A process has pools for so many logins at a time, and no more, however many there are.</summary>
public sealed class LoginPoolTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 40).Select(i => $"login-{i}")];

    [Fact]
    public async Task Thirty_two_are_open_and_one_that_nobody_uses_makes_room()
    {
        AddLogins("pooled");
        var time = new ManualTime();
        await using var pools = new ConnectionPools(fixture.Host.Services.GetRequiredService<IWorkspaceDirectory>(), fixture.Host.Services.GetRequiredService<ServerFinder>(), Options.Create(new PoolOptions()), time);

        var found = await Task.WhenAll(Names.Concat(Names).Select(async name =>
        {
            try
            {
                return (await pools.FindAsync("pooled", name, CancellationToken.None))?.Login;
            }
            catch (NpgsqlException)
            {
                return null;
            }
        }));

        var open = found.OfType<string>().Distinct().ToList();
        Assert.Equal(32, open.Count);
        var late = Names.Except(open).First();
        await Assert.ThrowsAsync<NpgsqlException>(async () => await pools.FindAsync("pooled", late, CancellationToken.None));
        Assert.NotNull(await pools.FindAsync("pooled", CancellationToken.None));
        Assert.Null(await pools.FindAsync("pooled", "nobody", CancellationToken.None));
        Assert.Same(await pools.FindAsync("pooled", open[0], CancellationToken.None), await pools.FindAsync("pooled", open[0], CancellationToken.None));

        time.Advance(TimeSpan.FromMinutes(2));
        await pools.FindAsync("pooled", open[0], CancellationToken.None);
        Assert.Equal(late, (await pools.FindAsync("pooled", late, CancellationToken.None))?.Login);
        // The one that was used stays: it is not the oldest.
        var used = await pools.FindAsync("pooled", open[0], CancellationToken.None);
        Assert.Equal(1L, await ScalarAsync(used!));
    }

    [Fact]
    public async Task Caller_whose_login_has_no_place_is_told_to_come_back_and_others_go_on()
    {
        AddLogins("crowded");
        using var host = fixture.Start(("Pools:MaxLogins", "1"));
        var (first, second) = (As(host, "login-0"), As(host, "login-1"));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(first)).StatusCode);

        using var refused = await AskAsync(second);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.DoesNotContain("login", await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(first)).StatusCode);
    }

    private void AddLogins(string connection)
    {
        fixture.AddConnection(connection);
        var record = fixture.Workspace.Connections[connection];
        fixture.Workspace.Connections[connection] = record with { Logins = [.. Names.Select(name => new ConnectionLogin(name, record.ReaderConnectionString, []))] };
    }

    private SqlClient As(SqlHost host, string login)
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord("crowded")) with { Login = login };
        fixture.Add(token);
        return host.As(token);
    }

    private static Task<HttpResponseMessage> AskAsync(SqlClient client) => client.Http.GetAsync(new Uri("/v3/sql/crowded/query?q=SELECT%201", UriKind.Relative));

    private static async Task<object?> ScalarAsync(DatabasePool pool)
    {
        await using var command = pool.Reader.CreateCommand("SELECT 1::bigint");
        return await command.ExecuteScalarAsync();
    }
}
