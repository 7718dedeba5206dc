using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CartoPlatform.Cli.Loading.GeoJson;

/// <summary>GeoJSON: feature collections, single features, bare geometries, and any number of them one after another.</summary>
internal sealed class GeoJsonRows(string path) : IRowSource
{
    private readonly SourceFile _file = new(path);

    public string Path => path;

    public int Srid { get; private set; } = Coordinates.Wgs84;

    public bool HasPlaces => true;

    public double Progress => _file.Progress;

    public async IAsyncEnumerable<SourceRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var scanner = new JsonScanner(_file.Open(), path);
        while (await scanner.ReadTokenAsync(cancellationToken) is { } token)
        {
            if (token != JsonTokenType.StartObject)
                throw new LoadException(path, scanner.Line, "this is not GeoJSON: it must be an object with a type, such as a FeatureCollection.");

            using var parts = new FeatureParts(path, scanner.Line);
            while (await scanner.ReadTokenAsync(cancellationToken) == JsonTokenType.PropertyName)
            {
                if (scanner.Name != "features")
                {
                    parts.Add(scanner.Name, await scanner.ReadValueAsync(cancellationToken));
                    continue;
                }

                Srid = parts.Srid();
                await foreach (var row in ReadCollectionAsync(scanner, cancellationToken))
                    yield return row;
                parts.EndOfCollection();
            }

            if (!parts.IsCollection)
                yield return parts.ToRow();
            else if (parts.Srid() != Srid)
                throw new LoadException(path, null, "its coordinate system (crs) stands behind its features: convert the file with ogr2ogr -t_srs EPSG:4326.");
        }
    }

    private async IAsyncEnumerable<SourceRow> ReadCollectionAsync(JsonScanner scanner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await scanner.ReadTokenAsync(cancellationToken) != JsonTokenType.StartArray)
            throw new LoadException(path, scanner.Line, "'features' must be an array.");

        while (await scanner.ReadValueAsync(cancellationToken) is { } feature)
        {
            using (feature)
                yield return FeatureParts.ToRow(path, scanner.Line, feature.RootElement);
        }
    }
}
