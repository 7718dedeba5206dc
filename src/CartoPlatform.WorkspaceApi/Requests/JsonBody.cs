using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Requests;

/// <summary>
/// A request's body as a JSON object whose members are taken out one by one. The first thing wrong with them is the
/// <see cref="Error"/>; what was read after it means nothing. Members that nobody asks for are ignored, as the contract wants it, unless
/// <see cref="RefuseOthers"/> is called: where a misspelt member would permit more than was meant.
/// </summary>
internal sealed class JsonBody
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private readonly JsonElement _root;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private JsonBody(JsonElement root) => _root = root;

    public ApiError? Error { get; private set; }

    public static async ValueTask<(JsonBody? Body, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes) return (null, TooLarge);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > MaxBytes) return (null, TooLarge);
            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }

        try
        {
            // The bytes of names and texts are read only when they are used: here, all of them.
            using var document = JsonDocument.Parse(StrictUtf8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length), Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (new JsonBody(document.RootElement.Clone()), null)
                : (null, ApiError.BadRequest("The request body must be a JSON object"));
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            // InvalidOperationException: a name holds half a surrogate pair.
            return (null, ApiError.BadRequest("The request body is not valid JSON, or names a member twice"));
        }
    }

    public void Fail(string error) => Error ??= ApiError.BadRequest(error);

    /// <summary>There, and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>There, null or not.</summary>
    public bool Mentions(string name)
    {
        _asked.Add(name);
        return _root.TryGetProperty(name, out _);
    }

    /// <summary>Refuses the members that have not been asked for by now.</summary>
    /// <param name="where">The member that this is the value of.</param>
    public void RefuseOthers(string where = "the request body")
    {
        if (Error is null && _root.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !_asked.Contains(name)) is { } other)
            Fail($"There is no member {other} in {where}");
    }

    public string RequiredText(string name, int maxLength)
    {
        var text = Text(name, maxLength);
        if (text is null) Fail($"{name} is missing");
        return text ?? "";
    }

    /// <summary>A text that is not empty; null when it is absent.</summary>
    public string? Text(string name, int maxLength) => Find(name) is { } value ? TextOf(value, name, maxLength) : null;

    public bool? Flag(string name)
    {
        switch (Find(name)?.ValueKind)
        {
            case null:
                return null;
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                Fail($"{name} must be true or false");
                return null;
        }
    }

    public int? Number(string name, int min, int max) => (int?)LongNumber(name, min, max);

    public long? LongNumber(string name, long min, long max)
    {
        if (Find(name) is not { } value) return null;
        // Forms send numbers as texts.
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Fail($"{name} must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>A moment with its offset; without one it is UTC.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (Text(name, 64) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            return moment;
        Fail($"{name} must be a time in ISO 8601, such as 2030-01-31T00:00:00Z");
        return null;
    }

    /// <summary>An array of texts; null when it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name, int maxCount, int maxLength) =>
        Items(name, maxCount)?.Select(item => TextOf(item, $"{name}[]", maxLength)).ToList();

    /// <summary>An array of objects; null when it is absent.</summary>
    public IReadOnlyList<JsonBody>? Objects(string name, int maxCount)
    {
        if (Items(name, maxCount) is not { } items) return null;
        if (items.Any(item => item.ValueKind != JsonValueKind.Object)) Fail($"{name} must be an array of objects");
        return Error is null ? [.. items.Select(item => new JsonBody(item))] : [];
    }

    /// <summary>An object; null when it is absent.</summary>
    public JsonBody? Object(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new JsonBody(value);
        Fail($"{name} must be an object");
        return null;
    }

    /// <summary>Makes what is wrong with a part of this wrong with the whole.</summary>
    public void Adopt(JsonBody part) => Error ??= part.Error;

    private static ApiError TooLarge => new(StatusCodes.Status413PayloadTooLarge, "The request body is too large");

    private List<JsonElement>? Items(string name, int maxCount)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxCount) return [.. value.EnumerateArray()];
        Fail($"{name} must be an array of at most {maxCount}");
        return [];
    }

    private JsonElement? Find(string name)
    {
        _asked.Add(name);
        return _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private string TextOf(JsonElement value, string name, int maxLength)
    {
        if (value.ValueKind != JsonValueKind.String || !TryGetString(value, out var text)) Fail($"{name} must be a text");
        else if (string.IsNullOrWhiteSpace(text)) Fail($"{name} is empty");
        else if (text.Length > maxLength) Fail($"{name} is longer than {maxLength} characters");
        else if (text.Contains('\0', StringComparison.Ordinal)) Fail($"{name} holds a NUL character");
        else return text;
        return "";
    }

    private static bool TryGetString(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = value.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text.
            text = null;
            return false;
        }
    }
}
