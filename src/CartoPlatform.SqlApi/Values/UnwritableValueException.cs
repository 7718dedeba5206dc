namespace CartoPlatform.SqlApi.Values;

/// <summary>A value that cannot be written: too large, or a geometry that GeoJSON cannot tell and that the statement does not let the database change.</summary>
internal sealed class UnwritableValueException(string message) : Exception(message);
