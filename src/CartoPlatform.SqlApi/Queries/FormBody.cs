using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>A form as the body of a request; the QGIS plugin sends one.</summary>
internal static class FormBody
{
    private static readonly FormOptions Options = new()
    {
        // UTF-8 takes at most three bytes for a UTF-16 character, and the encoding of a form three characters for a byte.
        ValueLengthLimit = 9 * SqlText.MaxLength,
        ValueCountLimit = 100,
    };

    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    public static async ValueTask<(IFormCollection? Form, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Percent-encoded bytes of a form are UTF-8, whatever is said of the bytes around them (WHATWG URL, 5.1).
        if (!IsUtf8(request)) return (null, new ApiError(StatusCodes.Status415UnsupportedMediaType, "A form must be in UTF-8"));
        try
        {
            return (await request.ReadFormAsync(Options, cancellationToken), null);
        }
        catch (InvalidDataException)
        {
            return (null, new ApiError(StatusCodes.Status413PayloadTooLarge, "The form is too large"));
        }
    }

    private static bool IsUtf8(HttpRequest request)
    {
        var charset = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Charset).ToString() : "";
        // The second is how many write the first, and the third is a part of it.
        return charset.ToUpperInvariant() is "" or "UTF-8" or "UTF8" or "US-ASCII";
    }
}
