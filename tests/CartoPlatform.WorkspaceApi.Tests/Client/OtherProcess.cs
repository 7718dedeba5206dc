using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Client;

/// <summary>What another service has of the Workspace API: the client, registered as services do.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly IHost _host;

    public OtherProcess(Uri workspaceUrl, TimeProvider time, string internalKey = TestPlatform.InternalKey)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Workspace:Url"] = workspaceUrl.ToString(),
            ["Platform:InternalKey"] = internalKey,
        });
        builder.Services.AddSingleton(time);
        builder.AddWorkspaceClient();
        _host = builder.Build();
    }

    public IWorkspaceDirectory Directory => _host.Services.GetRequiredService<IWorkspaceDirectory>();

    public void Dispose() => _host.Dispose();
}
