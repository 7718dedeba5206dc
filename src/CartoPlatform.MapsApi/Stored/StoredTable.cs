using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>A table of finished tiles or blocks that the caller may read, and what it was made of before its rows were looked at.</summary>
internal sealed record StoredTable(DatabasePool Pool, Relation Relation, SourceReading Reading)
{
    public string Name => $"{Relation.Schema}.{Relation.Name}";

    /// <summary>Equal for an equal state of an equal table: what is remembered of it, is remembered under this.</summary>
    public string Key => $"{Pool.Record.Id}/{Pool.Record.Revision}/{Relation.Oid}/{Reading.State}";
}
