using CartoPlatform.Balancer;
using CartoPlatform.Forwarding;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddBalancer();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseReadableErrors();
app.MapForwarding();
await app.RunAsync();
return 0;
