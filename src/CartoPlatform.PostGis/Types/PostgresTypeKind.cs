namespace CartoPlatform.PostGis.Types;

/// <summary><c>pg_type.typtype</c>, without domains, which are resolved to what they are based on.</summary>
public enum PostgresTypeKind
{
    Base,
    Composite,
    Enum,
    Pseudo,
    Range,
    Multirange,
}
