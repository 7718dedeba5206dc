using CartoPlatform.PostGis.Types;

namespace CartoPlatform.SqlApi.Values;

/// <summary>The JSON form of each PostgreSQL type.</summary>
internal static class ValueFormats
{
    /// <summary>Values of all other types are asked for as text, and written so.</summary>
    public static ValueFormat Text { get; } = JsonString.Write;

    /// <summary>The form of a type's binary values; null where it has none of its own.</summary>
    public static ValueFormat? Find(PostgresTypeInfo type)
    {
        if (type.Element is { } element) return Find(element) is { } format ? new ArrayFormat(format).Write : null;
        if (type.Kind == PostgresTypeKind.Enum) return Text;
        return type.Schema == "pg_catalog" ? FindBuiltIn(type.Name) : FindExtension(type.Name);
    }

    private static ValueFormat? FindBuiltIn(string typeName) => typeName switch
    {
        "int2" => NumberFormats.Int16,
        "int4" => NumberFormats.Int32,
        "int8" => NumberFormats.Int64,
        "float4" => NumberFormats.Single,
        "float8" => NumberFormats.Double,
        "numeric" => NumericFormat.Write,
        "bool" => (value, output) => output.Write(value[0] == 0 ? "false"u8 : "true"u8),
        "text" or "varchar" or "bpchar" or "name" => Text,
        "date" => TimeFormats.Date,
        "timestamp" => TimeFormats.Timestamp,
        "timestamptz" => TimeFormats.TimestampWithZone,
        "uuid" => (value, output) => BinaryFormats.Uuid(value, output),
        "bytea" => BinaryFormats.Bytea,
        "json" => JsonFormats.Json,
        "jsonb" => JsonFormats.Jsonb,
        _ => null,
    };

    private static ValueFormat? FindExtension(string typeName) => typeName switch
    {
        "geometry" or "geography" => GeoJsonFormat.Write,
        "citext" => Text,
        _ => null,
    };
}
