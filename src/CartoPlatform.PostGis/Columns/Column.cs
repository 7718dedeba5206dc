using CartoPlatform.Contracts.Maps;

namespace CartoPlatform.PostGis.Columns;

/// <summary>A column of a relation or of a query's result.</summary>
/// <param name="Name">As the database has it.</param>
/// <param name="TypeName">The type's name in <c>pg_type</c>; of the base type for a domain.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="GeometryType">Of a geometry or geography with a type modifier, upper case as PostGIS writes it (<c>MULTIPOLYGON</c>); else null.</param>
/// <param name="Srid">Of a geometry with a type modifier; 0 where it is unknown.</param>
public sealed record Column(string Name, string TypeName, ColumnKind Kind, string? GeometryType = null, int Srid = 0)
{
    public bool IsSpatial => Kind is ColumnKind.Geometry or ColumnKind.Geography;

    /// <summary>The type in the words of the API.</summary>
    public FieldSchema ToFieldSchema() => new(Name, Kind switch
    {
        ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Single or ColumnKind.Double or ColumnKind.Numeric => FieldType.Number,
        ColumnKind.Boolean => FieldType.Boolean,
        ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone => FieldType.Timestamp,
        ColumnKind.Json or ColumnKind.Array => FieldType.Object,
        ColumnKind.Geometry or ColumnKind.Geography => FieldType.Geometry,
        _ => FieldType.String,
    });
}
