namespace CartoPlatform.Cli.Loading;

/// <summary>One row of a file, before anything is known about its table.</summary>
/// <param name="Line">Where it begins in the file, from 1.</param>
/// <param name="Geometry">WKT, EWKT, hexadecimal WKB or GeoJSON, all of which PostGIS reads; null for none.</param>
/// <param name="Fields">Names and values; a row may lack some.</param>
internal sealed record SourceRow(long Line, string? Geometry, IReadOnlyList<KeyValuePair<string, FieldValue>> Fields);
