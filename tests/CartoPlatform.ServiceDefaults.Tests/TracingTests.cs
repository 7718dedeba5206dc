using System.Diagnostics;
using CartoPlatform.ServiceDefaults.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class TracingTests : IDisposable
{
    private readonly ActivitySource _source = new(nameof(TracingTests));
    private readonly Exported _exported = new();
    private readonly TracerProvider _tracing;

    public TracingTests() => _tracing = Sdk.CreateTracerProviderBuilder()
        .AddSource(_source.Name)
        .AddProcessor<UnaskedCalls>()
        .AddProcessor(new SimpleActivityExportProcessor(_exported))
        .Build();

    public void Dispose()
    {
        _tracing.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void Calls_that_belong_to_no_request_are_not_exported_nor_what_they_do()
    {
        using (_source.StartActivity("poll", ActivityKind.Client))
        using (_source.StartActivity("open", ActivityKind.Client))
        {
        }

        Assert.Empty(_exported.Names);
    }

    [Theory]
    [InlineData(ActivityKind.Server)]
    [InlineData(ActivityKind.Internal)]
    [InlineData(ActivityKind.Consumer)]
    public void Requests_and_jobs_are_exported_with_their_calls(ActivityKind kind)
    {
        using (_source.StartActivity("request", kind))
        using (_source.StartActivity("query", ActivityKind.Client))
        {
        }

        Assert.Equal(["query", "request"], _exported.Names);
    }

    [Fact]
    public void Call_for_a_request_of_another_process_is_exported()
    {
        var other = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

        using (_source.StartActivity("query", ActivityKind.Client, other))
        {
        }

        Assert.Equal(["query"], _exported.Names);
    }

    private sealed class Exported : BaseExporter<Activity>
    {
        public List<string> Names { get; } = [];

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var activity in batch) Names.Add(activity.OperationName);
            return ExportResult.Success;
        }
    }
}
