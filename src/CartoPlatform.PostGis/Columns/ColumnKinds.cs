namespace CartoPlatform.PostGis.Columns;

/// <summary>From a type's name in <c>pg_type</c> (of a domain, its base type) to the kind of column.</summary>
public static class ColumnKinds
{
    public static ColumnKind FromTypeName(string typeName) => typeName switch
    {
        "int2" => ColumnKind.Int16,
        "int4" => ColumnKind.Int32,
        "int8" => ColumnKind.Int64,
        "float4" => ColumnKind.Single,
        "float8" => ColumnKind.Double,
        "numeric" => ColumnKind.Numeric,
        "bool" => ColumnKind.Boolean,
        "text" or "varchar" or "bpchar" or "citext" or "name" or "uuid" => ColumnKind.Text,
        "date" => ColumnKind.Date,
        "timestamp" => ColumnKind.Timestamp,
        "timestamptz" => ColumnKind.TimestampWithZone,
        "json" or "jsonb" => ColumnKind.Json,
        "geometry" => ColumnKind.Geometry,
        "geography" => ColumnKind.Geography,
        // Array types are named after their element with an underscore before it.
        _ when typeName.StartsWith('_') => ColumnKind.Array,
        _ => ColumnKind.Other,
    };
}
