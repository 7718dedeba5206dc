using System.Text;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>A JSON object as the body of a request.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    public static async ValueTask<(JsonDocument? Document, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!TryGetEncoding(request, out var encoding))
            return (null, new ApiError(StatusCodes.Status415UnsupportedMediaType, "The charset of the request body is not supported"));

        var body = encoding is null ? request.Body : Encoding.CreateTranscodingStream(request.Body, encoding, Encoding.UTF8, leaveOpen: true);
        try
        {
            var document = await JsonDocument.ParseAsync(body, Options, cancellationToken);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return (document, null);
            document.Dispose();
            return (null, ApiError.BadRequest("The request body must be a JSON object"));
        }
        catch (JsonException)
        {
            return (null, ApiError.BadRequest("The request body is not valid JSON, or names a member twice"));
        }
        catch (InvalidOperationException)
        {
            // While names are compared.
            return (null, ApiError.BadRequest("A name in the request body is not valid Unicode"));
        }
    }

    /// <param name="request">The request.</param>
    /// <param name="encoding">Null for UTF-8, which JSON is in unless said otherwise.</param>
    private static bool TryGetEncoding(HttpRequest request, out Encoding? encoding)
    {
        encoding = null;
        var charset = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Charset).ToString() : "";
        if (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return true;
        try
        {
            encoding = Encoding.GetEncoding(charset);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
