using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceApi;

if (HealthProbe.IsRequested(args)) return await HealthProbe.RunAsync(args);

var builder = WebApplication.CreateBuilder([.. args.Where(argument => argument != MigrateCommand.Argument)]);
builder.AddServiceDefaults();
builder.AddWorkspaceApi();

await using var app = builder.Build();
if (MigrateCommand.IsRequested(args)) return await MigrateCommand.RunAsync(app);

app.MapDefaultEndpoints();
app.UsePlatformAuth();
app.MapWorkspaceApi();
await app.RunAsync();
return 0;
