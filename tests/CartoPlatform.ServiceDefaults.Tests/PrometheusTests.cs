using System.Diagnostics.Metrics;
using CartoPlatform.ServiceDefaults.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class PrometheusTests
{
    [Fact]
    public void Instruments_come_out_in_prometheus_text()
    {
        using var meter = new Meter("CartoPlatform.Test");
        var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name)
            .AddView("carto.tile.duration", new ExplicitBucketHistogramConfiguration { Boundaries = [0.1, 1] })
            .AddReader(new BaseExportingMetricReader(exporter)).Build();
        var tiles = meter.CreateCounter<long>("carto.tiles");
        var duration = meter.CreateHistogram<double>("carto.tile.duration", "s");
        meter.CreateObservableGauge("carto.cache.size", () => 1_024L, "By");

        tiles.Add(2, new KeyValuePair<string, object?>("zoom", 3), new KeyValuePair<string, object?>("kind", "a\"b\\c"));
        duration.Record(0.05);
        duration.Record(0.5);

        Assert.Equal(
            """
            # TYPE carto_tiles_total counter
            carto_tiles_total{kind="a\"b\\c",zoom="3"} 2
            # TYPE carto_tile_duration_seconds histogram
            carto_tile_duration_seconds_bucket{le="0.1"} 1
            carto_tile_duration_seconds_bucket{le="1"} 2
            carto_tile_duration_seconds_bucket{le="+Inf"} 2
            carto_tile_duration_seconds_sum 0.55
            carto_tile_duration_seconds_count 2
            # TYPE carto_cache_size_bytes gauge
            carto_cache_size_bytes 1024

            """, exporter.Scrape());
    }
}
