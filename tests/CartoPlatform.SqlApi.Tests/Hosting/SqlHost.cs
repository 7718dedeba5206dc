using System.Net.Http.Headers;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Queries;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A running SQL API on a real socket, and the callers it can have.</summary>
public sealed class SqlHost : IDisposable
{
    // Any public type names the assembly: with the Worker beside it, there are two called Program.
    private readonly WebApplicationFactory<QueryLimits> _factory = new();
    private readonly WebApplicationFactory<QueryLimits> _host;
    private readonly SqlFixture _fixture;

    internal SqlHost(SqlFixture fixture, (string Key, string Value)[] settings)
    {
        _fixture = fixture;
        _host = _factory.WithWebHostBuilder(builder =>
        {
            builder.UseSetting("urls", "http://127.0.0.1:0");
            builder.UseSetting("Workspace:Url", fixture.Workspace.Url);
            builder.UseSetting("Platform:InternalKey", "an-internal-key-for-tests");
            builder.UseSetting("Tokens:SigningKey", Convert.ToBase64String(new byte[32]));
            builder.UseSetting("Metadata:ConnectionString", fixture.Database.OwnerConnectionString);
            // Many hosts start and end here, and some count connections.
            builder.UseSetting("Sql:Limits:WarmUp", "false");
            foreach (var (key, value) in settings) builder.UseSetting(key, value);
        });
        _host.UseKestrel();
        _host.StartServer();
    }

    public IServiceProvider Services => _host.Services;

    public SqlClient Owner => As(_fixture.Owner);

    public SqlClient Caller => As(_fixture.Caller);

    public SqlClient Anonymous => new(CreateClient());

    public SqlClient As(TokenRecord token)
    {
        var client = CreateClient();
        var text = _host.Services.GetRequiredService<TokenIssuer>().Issue(token, DateTimeOffset.UnixEpoch);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        return new SqlClient(client);
    }

    public void Dispose()
    {
        _host.Dispose();
        _factory.Dispose();
    }

    private HttpClient CreateClient() => _host.CreateClient();
}
