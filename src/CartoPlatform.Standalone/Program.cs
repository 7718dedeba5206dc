using CartoPlatform.Contracts.Caching;
using CartoPlatform.Edge;
using CartoPlatform.HttpCache;
using CartoPlatform.MapsApi;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.SqlApi;
using CartoPlatform.Worker;
using CartoPlatform.WorkspaceApi;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(Maintenance.Remove(args));
builder.AddServiceDefaults();
builder.AddWorkspaceApi(isAlone: true);
builder.AddEdge();
builder.AddMapsApi();
builder.AddSqlApi();
builder.AddWorker();
builder.Services.AddSingleton<IVersionFeeds>(services => services.GetRequiredService<ChangeFeeds>());
builder.AddHttpCache();

await using var app = builder.Build();
if (Maintenance.IsRequested(args)) return await Maintenance.RunAsync(app, args);

app.MapDefaultEndpoints();
app.UseEdge();
app.UseHttpCache();
app.MapHttpCache();
app.MapWorkspaceApi();
app.MapMapsApi();
app.MapSqlApi();
await app.RunAsync();
return 0;
