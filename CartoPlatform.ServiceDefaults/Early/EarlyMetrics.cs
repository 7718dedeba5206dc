using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>Counts early answers where the host counts the others, under the same labels.</summary>
internal sealed class EarlyMetrics(IMeterFactory meters)
{
    // The meter hands out the host's own instrument, provided that all of this is as the host made it.
    private readonly Histogram<double> _durations = meters.Create("Microsoft.AspNetCore.Hosting").CreateHistogram(
        "http.server.request.duration", "s", "Duration of HTTP server requests.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });

    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    public void Record(IFeatureCollection request, TimeSpan duration, Exception? exception)
    {
        if (!_durations.Enabled) return;
        var asked = request.GetRequiredFeature<IHttpRequestFeature>();
        var status = request.GetRequiredFeature<IHttpResponseFeature>().StatusCode;
        // By their names: in another order than the host's or this the exporter would sort them each time.
        var tags = new TagList();
        if (exception is not null) tags.Add("error.type", exception.GetType().FullName);
        tags.Add("http.request.method", asked.Method);
        tags.Add("http.response.status_code", status is >= 0 and < 600 ? Statuses[status] : status);
        tags.Add("network.protocol.version", VersionOf(asked.Protocol));
        tags.Add("url.scheme", asked.Scheme);
        _durations.Record(duration.TotalSeconds, tags);
    }

    private static string VersionOf(string protocol) => protocol switch
    {
        "HTTP/1.1" => "1.1",
        "HTTP/2" => "2",
        "HTTP/3" => "3",
        _ => "1.0",
    };
}
