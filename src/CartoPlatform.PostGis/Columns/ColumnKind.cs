namespace CartoPlatform.PostGis.Columns;

/// <summary>What a column holds, as far as answers differ by it (contract, section 16).</summary>
public enum ColumnKind
{
    /// <summary>Anything that is sent as its PostgreSQL text.</summary>
    Other,
    Int16,
    Int32,
    Int64,
    Single,
    Double,
    Numeric,
    Boolean,
    Text,
    Date,
    Timestamp,
    TimestampWithZone,
    Json,
    Array,
    Geometry,
    Geography,
}
