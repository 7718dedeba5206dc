using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceApi;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(Maintenance.Remove(args));
builder.AddServiceDefaults();
builder.AddWorkspaceApi();

await using var app = builder.Build();
if (Maintenance.IsRequested(args)) return await Maintenance.RunAsync(app, args);

app.MapDefaultEndpoints();
app.UsePlatformAuth();
app.MapWorkspaceApi();
await app.RunAsync();
return 0;
