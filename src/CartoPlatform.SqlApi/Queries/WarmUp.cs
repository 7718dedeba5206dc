using CartoPlatform.PostGis.Metadata;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>
/// Streams some rows of all common types to nobody when the service has started. What a row and its statement go through is compiled three
/// times by .NET, each time better, when it has been called thirty times and a moment has passed. Thousands of methods would come to that
/// at once with the thirtieth answer, and take longer than its rows.
/// </summary>
internal sealed partial class WarmUp(MetadataDatabase database, ResultStreamer streamer, IOptions<QueryLimits> limits, TimeProvider time, ILogger<WarmUp> logger)
    : BackgroundService
{
    // Each leads to the next stage of the compiler, and then there is one to spare.
    private const int Bursts = 5;

    // More than it takes to be compiled anew.
    private const int Passes = 40;

    private const string Sql = """
        SELECT i AS a, i::int2 AS b, i * 1000003::bigint AS c, i * 0.37::float8 AS d, i::float4 AS e, i / 7.0 AS f, i % 2 = 0 AS g, nullif(i % 3, 0) AS h,
            'a "text" ' || i AS j, timestamptz '2020-01-01' + i * interval '1.5 s' AS k, date '2020-01-01' + i AS l, md5(i::text)::uuid AS m
        FROM generate_series(1, 100) AS i
        """;

    /// <summary>Longer than .NET waits before it compiles anew what was used.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // A polygon of two rings: 2 x 4 points, in WGS84.
    private static readonly byte[] Polygon =
    [
        1, 3, 0, 0, 0x20, 0xE6, 0x10, 0, 0, 2, 0, 0, 0,
        .. Enumerable.Range(1, 2).SelectMany(ring => (byte[])[4, 0, 0, 0, .. Enumerable.Range(0, 8).SelectMany(at => BitConverter.GetBytes(at % 4 * 0.3700000001 * ring))]),
    ];

    /// <summary>What has been streamed so far.</summary>
    public int Rows { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!limits.Value.WarmUp || !SqlText.TryParse(Sql, out var sql, out _) || !sql.TryBind(QueryParameters.None, out var query, out _)) return;
        try
        {
            for (var burst = 0; burst < Bursts; burst++)
            {
                await Task.Delay(Pause, time, stoppingToken);
                for (var pass = 0; pass < Passes; pass++) await StreamAsync(query, stoppingToken);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            LogSkipped(exception.Message);
        }
    }

    private async Task StreamAsync(BoundQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var statement = ResultStatement.Read(await database.Describer.DescribeAsync(connection, query, cancellationToken));
        using var output = new ResponseOutput(new DefaultHttpContext { Response = { Body = Stream.Null } }.Response, holdBackBytes: 0);
        await streamer.StreamAsync(connection, statement, new JsonResultWriter(), output, cancellationToken);
        Rows += output.Rows;
        for (var geometry = 0; geometry < 25; geometry++) GeoJsonFormat.Write(Polygon, output.Buffer);
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "Not warmed up, the first answers take a little longer: {Reason}")]
    private partial void LogSkipped(string reason);
}
