using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>The one place that writes error bodies.</summary>
public static class ErrorWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers the error; when the answer has begun already, cuts the connection so that it cannot look whole.</summary>
    public static async Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.Headers.Remove("ETag");
        response.Headers.Remove("Content-Encoding");
        response.Headers.ContentLength = null;
        response.Headers.CacheControl = "no-store";
        // RFC 9110, section 15.5.2: a 401 says which scheme would be taken.
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method)) return;

        var writer = new Utf8JsonWriter(response.BodyWriter, Options);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("error", error.Error);
            foreach (var (name, value) in error.Details)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value);
            }

            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
