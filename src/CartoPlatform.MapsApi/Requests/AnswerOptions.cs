using System.Globalization;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>What a request says about its answer, and nothing about what the map shows.</summary>
internal sealed record AnswerOptions
{
    private const string DefaultClient = "deck-gl-carto";
    private const string DefaultVersion = "3.4";
    private const int MaxLabelLength = 200;

    private static readonly string[] Formats = ["tilejson", "geojson", "json", "ndjson"];

    /// <summary>What is asked for in place of an instantiation; null for the instantiation itself.</summary>
    public string? Format { get; private init; }

    public TileFormat? TileFormat { get; private init; }

    /// <summary>The caller's label; echoed in tile URLs, where <c>fetchMap</c> reads it.</summary>
    public string Client { get; init; } = DefaultClient;

    public string Version { get; private init; } = DefaultVersion;

    /// <summary>The data version that the URL names.</summary>
    public long? CacheStamp { get; private init; }

    public static Outcome<AnswerOptions> Read(RequestParameters parameters)
    {
        var reader = new ParameterReader(parameters);
        var options = new AnswerOptions
        {
            Format = ReadFormat(reader),
            TileFormat = ReadTileFormat(reader),
            Client = reader.Text(ParameterNames.Client, MaxLabelLength) ?? DefaultClient,
            Version = reader.Text(ParameterNames.Version, MaxLabelLength) ?? DefaultVersion,
            CacheStamp = long.TryParse(reader.Text(ParameterNames.Cache, MaxLabelLength), NumberStyles.None, CultureInfo.InvariantCulture, out var stamp)
                ? stamp
                : null,
        };
        return reader.Error is { } error ? error : options;
    }

    private static string? ReadFormat(ParameterReader reader)
    {
        var format = reader.Text(ParameterNames.Format, MaxLabelLength);
        if (format is not null && !Formats.Contains(format)) reader.Fail("The parameter format must be one of tilejson, geojson, json, ndjson");
        return format;
    }

    private static TileFormat? ReadTileFormat(ParameterReader reader)
    {
        switch (reader.Text(ParameterNames.FormatTiles, MaxLabelLength))
        {
            case null:
                return null;
            case "mvt":
                return Requests.TileFormat.Mvt;
            case "binary":
                return Requests.TileFormat.Binary;
            case "json":
                return Requests.TileFormat.Json;
            default:
                reader.Fail("The parameter formatTiles must be one of binary, mvt, json");
                return null;
        }
    }
}
