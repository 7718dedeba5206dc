namespace CartoPlatform.Tiles.Mvt;

/// <summary>Field numbers and commands of the Mapbox Vector Tile specification 2.1.</summary>
internal static class MvtFields
{
    public const int TileLayer = 3;

    public const int LayerName = 1;
    public const int LayerFeature = 2;
    public const int LayerKey = 3;
    public const int LayerValue = 4;
    public const int LayerExtent = 5;

    /// <summary>Tag of field 15, the version.</summary>
    public const int LayerVersion = 15;

    public const int FeatureId = 1;
    public const int FeatureTags = 2;
    public const int FeatureType = 3;
    public const int FeatureGeometry = 4;

    public const int ValueString = 1;
    public const int ValueFloat = 2;
    public const int ValueDouble = 3;
    public const int ValueInt = 4;
    public const int ValueUInt = 5;
    public const int ValueSInt = 6;
    public const int ValueBool = 7;

    public const int Version = 2;
    public const int MoveTo = 1;
    public const int LineTo = 2;
    public const int ClosePath = 7;
}
