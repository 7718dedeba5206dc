using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>
/// The parameters of a request, wherever they came from: query string, JSON object or form (contract, section 1.3). Text stays text;
/// the members of a JSON body keep their types.
/// </summary>
internal sealed class RequestParameters
{
    /// <summary>Room for a definition of the greatest length that is kept, escaped as JSON in JSON.</summary>
    private const long MaxBodyBytes = 4 * 1024 * 1024;

    private static readonly ApiError Unsupported =
        new(StatusCodes.Status415UnsupportedMediaType, "The request body must be a JSON object, or a form of the type application/x-www-form-urlencoded");

    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, RequestParameter> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);

    /// <summary>Endpoint metadata: a longer body is answered 413.</summary>
    public static IRequestSizeLimitMetadata SizeLimit { get; } = new BodyLimit();

    public static async ValueTask<Outcome<RequestParameters>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var parameters = new RequestParameters();
        foreach (var (name, values) in request.Query) parameters.AddTexts(name, values);
        if (!HttpMethods.IsPost(request.Method)) return parameters;

        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType : "";
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)) return Unsupported;
        if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return await parameters.AddFormAsync(request, cancellationToken) is { } refused ? refused : parameters;

        var body = await ReadBodyAsync(request, cancellationToken);
        if (body.Length == 0) return parameters;
        return parameters.AddJson(body) is { } error ? error : parameters;
    }

    /// <summary>The members of a JSON object that this service wrote itself.</summary>
    public static RequestParameters FromJson(string json)
    {
        var parameters = new RequestParameters();
        using var document = JsonDocument.Parse(json);
        parameters.AddMembers(document.RootElement);
        return parameters;
    }

    /// <summary>Null when it is absent, or null in a JSON body.</summary>
    public RequestParameter? Find(string name) => _values.TryGetValue(name, out var value) ? value : null;

    public bool IsRepeated(string name) => _repeated.Contains(name);

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private async ValueTask<ApiError?> AddFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (name, values) in await request.ReadFormAsync(cancellationToken)) AddTexts(name, values);
            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or (IOException and not BadHttpRequestException))
        {
            // IOException: a part ends before its boundary. NotSupportedException: a character set that no longer is.
            return ApiError.BadRequest("The form in the request body cannot be read, or holds too long a name or value");
        }
    }

    private ApiError? AddJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return ApiError.BadRequest("The request body must be a JSON object");
            AddMembers(document.RootElement);
            return null;
        }
        catch (JsonException)
        {
            return ApiError.BadRequest("The request body is not valid JSON, or names a member twice");
        }
        catch (InvalidOperationException)
        {
            // While names are compared.
            return ApiError.BadRequest("A name in the request body is not valid Unicode");
        }
    }

    private void AddMembers(JsonElement root)
    {
        var members = root.Clone();
        foreach (var member in members.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null) Add(member.Name, new RequestParameter(null, member.Value));
        }
    }

    private void AddTexts(string name, IReadOnlyCollection<string?> values)
    {
        foreach (var value in values) Add(name, new RequestParameter(value ?? "", default));
    }

    private void Add(string name, RequestParameter value)
    {
        if (!_values.TryAdd(name, value)) _repeated.Add(name);
    }

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MaxBodyBytes;
    }
}

/// <summary>A value as text (query string, form) or as JSON (body): one of the two.</summary>
internal readonly record struct RequestParameter(string? Text, JsonElement Json);
