using CartoPlatform.Cache;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddCacheRoutes();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapReverseProxy();
await app.RunAsync();
return 0;
