using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.HttpCache.Keys;

/// <summary>
/// Finds a request's key. What is canonical of a URL is remembered: to find it costs more than all the rest of a hit.
/// </summary>
internal sealed class RequestKeys(IOptions<HttpCacheOptions> options)
{
    /// <summary>Where the label of a caller who has sent it in the body is found.</summary>
    public const string ClientItem = "carto.client";

    private const int MaxRemembered = 20_000;
    private const int MaxRememberedLength = 4_096;

    private readonly ConcurrentDictionary<(string Login, string Address, string Path, string Query), CacheKey> _remembered = new();

    /// <returns>Null for a body that the cache does not read; the request can be read again in any case.</returns>
    public ValueTask<CacheKey?> FindAsync(HttpRequest request, CancellationToken cancellationToken) => FindAsync(request, null, cancellationToken);

    /// <summary>The same for a caller whose statements run under a login of his own: he may see other rows.</summary>
    public async ValueTask<CacheKey?> FindAsync(HttpRequest request, string? login, CancellationToken cancellationToken)
    {
        if (!HttpMethods.IsPost(request.Method)) return OfUrl(request, login ?? "");
        if (request.ContentLength is null || request.ContentLength > options.Value.MaxRequestBytes) return null;

        request.EnableBuffering(bufferThreshold: options.Value.MaxRequestBytes + 1);
        using var body = new MemoryStream((int)request.ContentLength);
        await request.Body.CopyToAsync(body, cancellationToken);
        request.Body.Position = 0;
        if (Read(request, body) is not { } parameters) return null;
        var client = parameters.FirstOrDefault(parameter => parameter.Name == "client")?.Canonical;
        request.HttpContext.Items[ClientItem] = client;
        request.HttpContext.Features.Set(BodyLabels.Of(client, parameters.Select(parameter => (parameter.Name, parameter.Canonical))));
        return CanonicalRequest.KeyOf(request, login ?? "", parameters);
    }

    private static IReadOnlyList<BodyParameter>? Read(HttpRequest request, MemoryStream body)
    {
        if (body.Length == 0) return [];
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.ToString() : "";
        if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return ReadForm(body, parsed!.Charset);
        }

        // The Maps API takes any other text for JSON.
        return ReadJson(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    // Read here and not by the framework, which remembers that a form could not be read.
    private static IReadOnlyList<BodyParameter>? ReadForm(MemoryStream body, StringSegment charset)
    {
        if (charset.HasValue && !HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return null;
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
        return [.. form.SelectMany(field => field.Value.Select(value => new BodyParameter(field.Key, ParameterText.FromText(field.Key, value ?? ""))))];
    }

    private static IReadOnlyList<BodyParameter>? ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            return
            [
                .. document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null)
                    .Select(member => new BodyParameter(member.Name, ParameterText.FromMember(member.Name, member.Value))),
            ];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or text in it that is no Unicode: the API refuses it.
            return null;
        }
    }

    private CacheKey OfUrl(HttpRequest request, string login)
    {
        var (path, query) = (request.Path.Value!, request.QueryString.Value ?? "");
        if (path.Length + query.Length > MaxRememberedLength) return CanonicalRequest.KeyOf(request, login, null);

        var address = CacheTarget.HoldsUrls(request.Path) ? $"{request.Scheme}://{request.Host}{request.PathBase}" : "";
        if (_remembered.TryGetValue((login, address, path, query), out var known)) return known;
        if (_remembered.Count >= MaxRemembered) _remembered.Clear();
        return _remembered[(login, address, path, query)] = CanonicalRequest.KeyOf(request, login, null);
    }
}
