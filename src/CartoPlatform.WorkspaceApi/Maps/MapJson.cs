using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>JSON that others wrote, read and written without a change of its letters.</summary>
internal static class MapJson
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 128 };

    // Depth: members of members stand one or two levels deeper than where they came from.
    public static JsonWriterOptions WriterOptions { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 140 };

    /// <summary>The members of the request's body, a JSON object.</summary>
    public static async ValueTask<(OrderedDictionary<string, JsonElement>? Members, ApiError? Error)> ReadObjectAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        try
        {
            // The bytes of texts are read only when they are used: here, all of them.
            using var document = JsonDocument.Parse(StrictUtf8.GetString(body.GetBuffer(), 0, (int)body.Length), ReaderOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return (null, ApiError.BadRequest("The request body must be a JSON object"));
            if (!IsReadable(document.RootElement)) return (null, ApiError.BadRequest("The request body holds half a surrogate pair, or a number that is too great"));
            var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.Clone().EnumerateObject())
            {
                if (!members.TryAdd(member.Name, member.Value)) return (null, ApiError.BadRequest($"The request body names {member.Name} twice"));
            }

            return (members, null);
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            // InvalidOperationException: a name holds half a surrogate pair.
            return (null, ApiError.BadRequest("The request body is not valid JSON"));
        }
    }

    public static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) write(writer);
        using var document = JsonDocument.Parse(buffer.WrittenMemory, ReaderOptions);
        return document.RootElement.Clone();
    }

    public static JsonElement Object(IEnumerable<KeyValuePair<string, JsonElement>> members) => Write(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            WriteRaw(writer, value);
        }

        writer.WriteEndObject();
    });

    /// <summary>The members of an object with these in their place; null takes none away.</summary>
    public static OrderedDictionary<string, JsonElement> Merge(JsonElement before, IEnumerable<KeyValuePair<string, JsonElement>> changes)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in before.EnumerateObject()) members[member.Name] = member.Value;
        foreach (var (name, value) in changes) members[name] = value;
        return members;
    }

    public static void WriteRaw(Utf8JsonWriter writer, JsonElement value) => writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);

    /// <summary>Null for what is no text, or one that holds half a surrogate pair.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a strict reader takes it: what is stored comes back as it was written. Half a pair in a name throws.</summary>
    private static bool IsReadable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && IsReadable(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsReadable),
        JsonValueKind.String => TextOf(value) is not null,
        JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
        _ => true,
    };

    /// <summary>An answer of what is written.</summary>
    public static Utf8JsonResult Answer(Action<Utf8JsonWriter> write) => new(write);
}
