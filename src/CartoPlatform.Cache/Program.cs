using CartoPlatform.Cache;
using CartoPlatform.Forwarding;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddCacheRoutes();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapForwarding();
await app.RunAsync();
return 0;
