using CartoPlatform.Auth;
using CartoPlatform.WorkspaceApi;

var builder = WebApplication.CreateBuilder(args);
builder.AddWorkspaceApi();

await using var app = builder.Build();
if (args.Contains("--migrate"))
{
    await app.MigrateMetadataAsync();
    return;
}

app.UsePlatformAuth();
app.MapWorkspaceApi();
await app.RunAsync();
