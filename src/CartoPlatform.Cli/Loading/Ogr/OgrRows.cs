using CartoPlatform.Cli.Loading.GeoJson;

namespace CartoPlatform.Cli.Loading.Ogr;

/// <summary>The rows of a converted file under the name of the original; their lines are its features, counted from 1.</summary>
internal sealed class OgrRows(string path, GeoJsonRows converted) : IRowSource
{
    public string Path => path;

    public int Srid => converted.Srid;

    public bool HasPlaces => converted.HasPlaces;

    public double Progress => converted.Progress;

    public IAsyncEnumerable<SourceRow> ReadAsync(CancellationToken cancellationToken) => converted.ReadAsync(cancellationToken);
}
