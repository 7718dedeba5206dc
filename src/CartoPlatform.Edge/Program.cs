using CartoPlatform.Edge;
using CartoPlatform.Edge.Routing;
using CartoPlatform.HttpCache;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceClient;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorkspaceClient();
builder.AddEdge();
builder.AddEdgeRoutes();
builder.AddHttpCache();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseEdge();
app.UseHttpCache();
app.MapHttpCache();
app.MapEdgeRoutes();
await app.RunAsync();
return 0;
