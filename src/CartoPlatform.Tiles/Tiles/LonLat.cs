namespace CartoPlatform.Tiles;

/// <summary>A place in degrees of WGS84.</summary>
public readonly record struct LonLat(double Longitude, double Latitude);
