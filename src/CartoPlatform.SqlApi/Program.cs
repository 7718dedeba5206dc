using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.SqlApi;
using CartoPlatform.WorkspaceClient;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorkspaceClient();
builder.AddSqlApi();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UsePlatformAuth();
app.MapSqlApi();
await app.RunAsync();
return 0;
