using Aspire.Hosting.Pipelines;
using CartoPlatform.Topology;
using CartoPlatform.Topology.Deployment;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.AppHost;

/// <summary>
/// <c>aspire publish</c>: the Compose files and the chart of a topology, from the records that this picture is held against. Aspire's own output
/// knows no layers, no secrets as files and no replication, so it is not used.
/// </summary>
internal static class Publishing
{
    public static IDistributedApplicationBuilder WithDeploymentFiles(this IDistributedApplicationBuilder builder, string topology)
    {
        builder.Pipeline.AddStep("deployment-files", context => WriteAsync(context, topology, builder.AppHostDirectory), requiredBy: WellKnownPipelineSteps.Publish);
        return builder;
    }

    private static Task WriteAsync(PipelineStepContext context, string topology, string appHost)
    {
        // Aspire ends with 0 whatever becomes of its steps, unless its own command line tool asks.
        Environment.ExitCode = 1;
        var spec = Topologies.Find(topology) ?? throw new InvalidOperationException($"There are no records of the topology '{topology}'.");
        RequireSame(spec, context.Model);
        var folder = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        var written = DeploymentFolder.Write(spec, Path.Combine(appHost, "..", "deploy"), folder);
        context.Summary.Add("Compose and Kubernetes", $"{written.Count} files of {topology} in {folder}");
        Environment.ExitCode = 0;
        return Task.CompletedTask;
    }

    // What runs here and what is written must not be two systems.
    private static void RequireSame(TopologySpec spec, DistributedApplicationModel model)
    {
        var drawn = model.Resources.OfType<ProjectResource>().Select(service => (service.Name, Replicas: service.GetReplicaCount())).Order().ToList();
        var recorded = spec.Services.Select(service => (service.Name, service.Replicas)).Order().ToList();
        if (!drawn.SequenceEqual(recorded))
            throw new InvalidOperationException($"AppHost.cs has {string.Join(", ", drawn)}, and the records {string.Join(", ", recorded)}.");
    }
}
