using CartoPlatform.Auth;
using CartoPlatform.Cache;
using CartoPlatform.Forwarding;
using CartoPlatform.HttpCache;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceClient;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorkspaceClient();
builder.AddPlatformAuth();
builder.AddHttpCache(isInner: true);
builder.AddCacheRoutes();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseRouting();
app.UsePlatformAuth();
app.UseHttpCache();
app.MapForwarding(context => context.SealCaller());
await app.RunAsync();
return 0;
