namespace CartoPlatform.Auth;

/// <summary>The APIs that <c>allowed_apis</c> of a token names.</summary>
public enum Api
{
    Maps,
    Sql,
    Imports,
    Lds,
}
