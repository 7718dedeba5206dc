namespace CartoPlatform.Auth;

/// <summary>What a request wants to read of a connection, in the form that grants are compared with.</summary>
public abstract record RequestedSource
{
    private RequestedSource()
    {
    }

    /// <summary>A relation, by its real schema and name (already looked up: spelling plays no part).</summary>
    public sealed record Table(string Database, string Schema, string Name) : RequestedSource;

    /// <summary>SQL text as the caller sent it; compared exactly, but for surrounding white space and a final semicolon.</summary>
    public sealed record Query(string Sql) : RequestedSource;

    /// <summary>A named source: a resource of its own, whatever its SQL reads.</summary>
    public sealed record NamedSource(string Name) : RequestedSource;

    /// <summary>A query of which only the SHA-256 of its trimmed text is known, in lower-case hexadecimal: what a cached answer remembers.</summary>
    public sealed record QueryHash(string Hash) : RequestedSource;
}
