using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Geometry;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Pushes the rows of <see cref="TileQuery.Rows"/> into an encoder, or what comes before it.</summary>
internal sealed class RowReader(NpgsqlDataReader reader, IReadOnlyList<TileProperty> properties, ITileFeatures encoder) : IDisposable
{
    private const int GeometryOrdinal = 0;

    private readonly AttributeReader _attributes = new(reader, properties, encoder);

    /// <summary>Rows whose geometry is not one that can be drawn.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Takes the current row.</summary>
    public void Take()
    {
        if (reader.IsDBNull(GeometryOrdinal)) return;
        try
        {
            if (!encoder.BeginFeature(_attributes.ReadBytes(GeometryOrdinal))) return;
        }
        catch (WkbException)
        {
            Unreadable++;
            return;
        }

        _attributes.Take();
        encoder.EndFeature();
    }

    public void Dispose() => _attributes.Dispose();
}
