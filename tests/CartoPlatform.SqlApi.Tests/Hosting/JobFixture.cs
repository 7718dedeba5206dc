using CartoPlatform.WorkspaceApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A SQL API with a queue of jobs, which is beside the data in the fixture's database. Workers are started by tests.</summary>
public sealed class JobFixture : IAsyncLifetime
{
    public SqlFixture Sql { get; } = new();

    public JobClient Owner => new(Sql.Host.Owner);

    public JobClient Caller => new(Sql.Host.Caller);

    public async Task InitializeAsync()
    {
        await Sql.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Metadata:ConnectionString", Sql.Database.OwnerConnectionString)]);
        builder.AddWorkspaceApi(isAlone: true);
        await using var app = builder.Build();
        await Maintenance.RunAsync(app, []);
    }

    public Task DisposeAsync() => Sql.DisposeAsync();

    public Task ExecuteAsync(string sql) => Sql.Database.ExecuteAsync(sql);

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Sql.Database.Owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : throw new InvalidOperationException($"{sql} gave no {typeof(T).Name}");
    }
}
