namespace CartoPlatform.SqlApi.Values;

/// <summary>A geometry that GeoJSON cannot tell, from a statement that could not be wrapped so that the database brings it into shape.</summary>
internal sealed class UnwritableGeometryException(string message) : Exception(message);
