using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.Worker;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorker();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
