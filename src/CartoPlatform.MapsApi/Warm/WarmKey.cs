using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>What is kept together: some columns of a table, as a connection sees it.</summary>
internal sealed record WarmKey(Guid Connection, long Revision, uint Table, string Column, IReadOnlyList<TileProperty> Properties)
{
    public static WarmKey Of(MapSource source, IReadOnlyList<TileProperty> properties) =>
        new(source.Pool.Record.Id, source.Pool.Record.Revision, source.Relation!.Oid, source.Spatial.Column.Name, properties);

    public bool Equals(WarmKey? other) =>
        other is not null && Connection == other.Connection && Revision == other.Revision && Table == other.Table && Column == other.Column
        && Properties.SequenceEqual(other.Properties);

    public override int GetHashCode() => HashCode.Combine(Connection, Table, Properties.Count);
}
