namespace CartoPlatform.PostGis.Types;

/// <summary>What <c>pg_type</c> says of a type; of its base type for a domain.</summary>
/// <param name="Oid">Of the type that values are sent as.</param>
/// <param name="Schema">For <c>geometry</c> and <c>geography</c> also the schema of PostGIS's functions.</param>
/// <param name="Name">The catalogue's name: <c>int4</c>, not <c>integer</c>.</param>
/// <param name="Kind">Base, composite, enum, …</param>
/// <param name="Element">Of an array; else null.</param>
public sealed record PostgresTypeInfo(uint Oid, string Schema, string Name, PostgresTypeKind Kind, PostgresTypeInfo? Element = null)
{
    public bool IsComposite => Kind == PostgresTypeKind.Composite || Name is "record";
}
