using System.Text;
using CartoPlatform.MapsApi.Requests;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Urls;

/// <summary>Makes the absolute URLs that answers hand out.</summary>
internal sealed class MapUrls(MapDefinitions definitions, IOptions<PublicUrlOptions> options)
{
    /// <summary>Proxies and access logs are safe with 2,000 characters; a prefix in front of us may add some.</summary>
    private const int MaxLength = 1_800;

    private const string TilePlaceholders = "/{z}/{x}/{y}";

    /// <summary>The URLs of a map, on the address that this request came to.</summary>
    public ValueTask<Outcome<MapUrlSet>> ForAsync(
        HttpRequest http, string connection, MapRequest map, AnswerOptions answer, long cacheStamp, CancellationToken cancellationToken) =>
        ForAsync(http, connection, map.Kind.ToSegment(), map.ToParameters(), answer, cacheStamp, cancellationToken);

    /// <summary>The same for a source of any kind.</summary>
    /// <param name="http">The request.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="endpoint">The kind of source, as a path segment.</param>
    /// <param name="parameters">All parameters of the source.</param>
    /// <param name="answer">Whose labels the URLs carry.</param>
    /// <param name="cacheStamp">The data's.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public async ValueTask<Outcome<MapUrlSet>> ForAsync(
        HttpRequest http, string connection, string endpoint, IReadOnlyList<KeyValuePair<string, string>> parameters, AnswerOptions answer, long cacheStamp,
        CancellationToken cancellationToken)
    {
        var path = $"{BaseUrl(http)}/v3/maps/{Uri.EscapeDataString(connection)}/{endpoint}";
        var caller = Encode([
            new(ParameterNames.Client, answer.Client),
            new(ParameterNames.Version, answer.Version),
            new(ParameterNames.Cache, cacheStamp.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ]);
        var source = Encode(parameters);
        var length = path.Length + TilePlaceholders.Length + source.Length + "&formatTiles=binary&".Length + caller.Length;
        if (length > MaxLength)
        {
            var id = await definitions.SaveAsync(endpoint, parameters, cancellationToken);
            if (!id.Succeeded) return id.Error;
            source = Encode([new(ParameterNames.Definition, id.Value)]);
        }

        return new MapUrlSet(path, source, caller);
    }

    private string BaseUrl(HttpRequest http) =>
        options.Value.PublicUrl is { } url
            ? url.AbsoluteUri.TrimEnd('/')
            : $"{http.Scheme}://{http.Host.ToUriComponent()}{http.PathBase.ToUriComponent().TrimEnd('/')}";

    // Braces are escaped too: clients replace {z}, {x} and {y} wherever they stand, within SQL as well.
    private static string Encode(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (text.Length > 0) text.Append('&');
            text.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }
}

/// <param name="Path">Up to the kind of source.</param>
/// <param name="Source">Parameters of the source; first, since <c>client</c> must not be (contract, section 3.2).</param>
/// <param name="Caller">Parameters that every URL ends with.</param>
internal sealed record MapUrlSet(string Path, string Source, string Caller)
{
    public string Data(string format) => $"{Path}?{Source}&{ParameterNames.Format}={format}&{Caller}";

    public string Tiles(TileFormat format) => Tiles("{z}/{x}/{y}", format);

    /// <summary>Tiles that are named by a cell.</summary>
    public string CellTiles(TileFormat format) => Tiles("{i}", format);

    /// <summary>Tiles at a place of their own within the path.</summary>
    public string Tiles(string place, TileFormat format) => $"{Path}/{place}?{Source}&{ParameterNames.FormatTiles}={format.ToParameter()}&{Caller}";
}
