using System.Text.RegularExpressions;

namespace CartoPlatform.PostGis.Dependencies;

/// <summary>What a function adds to what a statement depends on.</summary>
internal enum FunctionTrust
{
    /// <summary>Its arguments alone decide.</summary>
    Pure,

    /// <summary>Its body is SQL: what that reads.</summary>
    Readable,

    /// <summary>Nobody can tell what it reads.</summary>
    Opaque,

    /// <summary>The time, chance, the session, the catalogue.</summary>
    Volatile,
}

/// <param name="Name"><c>proname</c>.</param>
/// <param name="IsBuiltIn">In <c>pg_catalog</c>.</param>
/// <param name="IsOfExtension">Came with an extension, PostGIS for one.</param>
/// <param name="Volatility"><c>provolatile</c>.</param>
/// <param name="Language">Such as <c>sql</c>.</param>
/// <param name="IsPlain">Neither an aggregate nor a window function.</param>
/// <param name="Body">Its source text.</param>
internal sealed partial record NamedFunction(string Name, bool IsBuiltIn, bool IsOfExtension, char Volatility, string Language, bool IsPlain, string Body)
{
    private const char Immutable = 'i';
    private const char Volatile = 'v';

    public FunctionTrust Trust
    {
        get
        {
            if (IsBuiltIn || IsOfExtension)
                return Volatility == Immutable || (Volatility != Volatile && Harmless().IsMatch(Name)) ? FunctionTrust.Pure : FunctionTrust.Volatile;
            if (Volatility == Volatile) return FunctionTrust.Volatile;
            return IsPlain && Language == "sql" ? FunctionTrust.Readable : FunctionTrust.Opaque;
        }
    }

    /// <summary>Whether its body may be SQL, or hold some, whatever else the function does.</summary>
    public bool HasReadableBody => !IsBuiltIn && !IsOfExtension;

    // STABLE for settings that are fixed for the platform's sessions (time zone, formats) or for the types of their arguments.
    [GeneratedRegex("""
        ^(jsonb?_(agg|object_agg|build_array|build_object|populate_recordset|populate_record|to_record|to_recordset|to_tsvector|path_\w+_tz)
        |to_(char|date|json|jsonb|number|timestamp|tsquery|tsvector)|(plain|phrase|websearch_)to_tsquery|array_to_(json|string)|row_to_json
        |concat|concat_ws|format|quote_(literal|nullable)|convert|convert_from|convert_to|length|enum_(first|last|range)|generate_series|overlaps|in_range
        |date|time|timetz|timestamp|timestamptz|numeric|money|date_(part|trunc)|extract|timezone|make_timestamptz|version
        |(date|timestamp|timestamptz|interval)_(cmp|eq|ge|gt|le|lt|ne|pl|mi)_\w+|current_(database|schema|schemas|user)|session_user|getdatabaseencoding
        |st_asgeojson|\w*(sel|joinsel|_transfn|_finalfn))$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();
}
