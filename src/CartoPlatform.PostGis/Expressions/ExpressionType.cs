using System.Collections.Frozen;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>A type that expressions may cast to.</summary>
/// <param name="Name">The catalogue's name: <c>int4</c>, not <c>integer</c>.</param>
/// <param name="Modifier">Such as <c>(10,2)</c>; empty where there is none.</param>
internal sealed record ExpressionType(string Name, string Modifier)
{
    /// <summary>Whether it is PostGIS's, not PostgreSQL's.</summary>
    public bool IsSpatial => Name is "geometry" or "geography";

    /// <summary>How many numbers in brackets it may have.</summary>
    public int MaxModifiers => Name switch
    {
        "numeric" => 2,
        "varchar" => 1,
        _ => 0,
    };

    // SQL's names, the catalogue's, and those of BigQuery and Snowflake that mean the same. Names of two words have one space. Types that
    // look something up (regclass and its like) are left out, and those that run a parser of their own (xml, tsquery).
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["smallint"] = "int2",
        ["int2"] = "int2",
        ["integer"] = "int4",
        ["int"] = "int4",
        ["int4"] = "int4",
        ["bigint"] = "int8",
        ["int8"] = "int8",
        ["int64"] = "int8",
        ["real"] = "float4",
        ["float4"] = "float4",
        ["double precision"] = "float8",
        ["float"] = "float8",
        ["float8"] = "float8",
        ["float64"] = "float8",
        ["numeric"] = "numeric",
        ["decimal"] = "numeric",
        ["text"] = "text",
        ["string"] = "text",
        ["varchar"] = "varchar",
        ["character varying"] = "varchar",
        ["boolean"] = "bool",
        ["bool"] = "bool",
        ["date"] = "date",
        ["timestamp"] = "timestamp",
        ["timestamp without time zone"] = "timestamp",
        ["timestamptz"] = "timestamptz",
        ["timestamp with time zone"] = "timestamptz",
        ["time"] = "time",
        ["time without time zone"] = "time",
        ["interval"] = "interval",
        ["uuid"] = "uuid",
        ["geometry"] = "geometry",
        ["geography"] = "geography",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static ExpressionType? Find(string name) => Names.TryGetValue(name, out var found) ? new ExpressionType(found, "") : null;
}
