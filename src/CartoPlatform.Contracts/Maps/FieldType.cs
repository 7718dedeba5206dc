namespace CartoPlatform.Contracts.Maps;

/// <summary>The column types of <c>schema</c> in instantiation, TileJSON and SQL answers (<c>@carto/api-client</c>, <c>SchemaFieldType</c>).</summary>
public static class FieldType
{
    public const string Number = "number";
    public const string BigInt = "bigint";
    public const string String = "string";
    public const string Geometry = "geometry";
    public const string Timestamp = "timestamp";
    public const string Object = "object";
    public const string Boolean = "boolean";
    public const string Variant = "variant";
    public const string Unknown = "unknown";
}
