using System.Text;
using CartoPlatform.MapsApi.Sources;
using Npgsql;

namespace CartoPlatform.MapsApi.Downloads;

/// <summary>
/// All rows of a source, streamed. The first part is held back, so that an error in it is still a clean answer; an error behind it
/// cuts the connection, so that a part cannot pass for the whole.
/// </summary>
internal sealed class DownloadResult(MapSource source, DownloadFormat format) : IResult
{
    private const int HeldBackBytes = 4 * 1024 * 1024;
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        var sql = format == DownloadFormat.GeoJson ? DownloadQuery.Features(source) : DownloadQuery.Rows(source);
        await using var connection = await source.Pool.OpenReaderAsync(cancellationToken);
        await using var command = source.CreateCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var output = new MemoryStream();
        Write(output, format.Start);
        var flushAt = HeldBackBytes;
        for (var any = false; await reader.ReadAsync(cancellationToken); any = true)
        {
            if (any) Write(output, format.Separator);
            Write(output, reader);
            if (output.Length < flushAt) continue;
            await FlushAsync(httpContext.Response, output, cancellationToken);
            flushAt = FlushBytes;
        }

        Write(output, format.End);
        await FlushAsync(httpContext.Response, output, cancellationToken);
    }

    private async Task FlushAsync(HttpResponse response, MemoryStream output, CancellationToken cancellationToken)
    {
        if (!response.HasStarted)
        {
            response.ContentType = format.ContentType;
            response.Headers.CacheControl = "private, no-cache";
        }

        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            await response.Body.WriteAsync(output.GetBuffer().AsMemory(0, (int)output.Length), cancellationToken);
        output.SetLength(0);
    }

    private static void Write(MemoryStream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    private static void Write(MemoryStream output, NpgsqlDataReader reader)
    {
        using var row = reader.GetStream(0);
        row.CopyTo(output);
    }
}
