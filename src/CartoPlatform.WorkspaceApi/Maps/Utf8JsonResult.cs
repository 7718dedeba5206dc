using System.Text.Json;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>JSON written into the answer as it is.</summary>
internal sealed class Utf8JsonResult(Action<Utf8JsonWriter> write) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter, MapJson.WriterOptions);
        await using (writer.ConfigureAwait(false)) write(writer);
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
