using CartoPlatform.Auth;
using CartoPlatform.MapsApi;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceClient;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorkspaceClient();
builder.AddPlatformAuth();
builder.AddMapsApi();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UsePlatformAuth();
app.MapMapsApi();
await app.RunAsync();
return 0;
