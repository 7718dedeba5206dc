using System.Diagnostics;
using System.Diagnostics.Metrics;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>What queries leave in traces, metrics and logs: never their text, their values or their rows.</summary>
internal sealed partial class QueryTelemetry(ILogger<QueryTelemetry> logger, TimeProvider time)
{
    private const string Name = "CartoPlatform.SqlApi";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("carto.sql.rows", "{row}", "Rows written to callers");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("carto.sql.query.duration", "s", "Time from a query to the end of its answer");

    /// <summary>Measures until disposed; what became of the query is read from its output.</summary>
    public IDisposable Measure(string connection, ResponseOutput output, CancellationToken cancellationToken)
    {
        var activity = Source.StartActivity("query");
        activity?.SetTag("carto.connection", connection);
        return new Measurement(this, activity, output, time.GetTimestamp(), cancellationToken);
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "The answer to a query was cut after {Rows} rows: it failed when part of it had been sent")]
    private partial void LogCut(long rows);

    private sealed class Measurement(QueryTelemetry telemetry, Activity? activity, ResponseOutput output, long started, CancellationToken cancellationToken)
        : IDisposable
    {
        public void Dispose()
        {
            var outcome = Outcome();
            if (outcome == "cut") telemetry.LogCut(output.Rows);
            Rows.Add(output.Rows);
            Duration.Record(telemetry.Elapsed(started).TotalSeconds, new KeyValuePair<string, object?>("carto.outcome", outcome));
            activity?.SetTag("db.response.returned_rows", output.Rows);
            activity?.SetTag("carto.outcome", outcome);
            activity?.Dispose();
        }

        private string Outcome() => output switch
        {
            { IsComplete: true } => "answered",
            _ when cancellationToken.IsCancellationRequested => "left",
            { HasStarted: true } => "cut",
            _ => "refused",
        };
    }

    private TimeSpan Elapsed(long started) => time.GetElapsedTime(started);
}
