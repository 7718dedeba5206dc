using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>The one place that writes error bodies.</summary>
public static class ErrorWriter
{
    /// <summary>Of a text in an error: no longer than somebody reads.</summary>
    private const int MaxCharacters = 500;

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

        // Whoever handles an exception has cleared the headers.
        ContentSniffing.Forbid(response);
        response.Headers.Remove("ETag");
        response.Headers.Remove("Content-Encoding");
        response.Headers.ContentLength = null;
        response.Headers.CacheControl = "no-store";
        // RFC 9110, section 15.5.2: a 401 says which scheme would be taken.
        if (error.Status == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0) response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method)) return;

        var writer = new Utf8JsonWriter(response.BodyWriter, Options);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("error", Cut(error.Error));
            foreach (var (name, value) in error.Details)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value is string text ? Cut(text) : value);
            }

            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    // Errors name what the caller sent, which may be a megabyte.
    private static string Cut(string text)
    {
        if (text.Length <= MaxCharacters) return text;
        var length = char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters;
        return $"{text[..length]}…";
    }
}
