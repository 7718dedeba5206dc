namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>Field numbers of one geometry group in a CARTO vector tile; 0 where the group has no such field.</summary>
internal sealed record CartoTileFields(
    int Group, int PathIndices, int GlobalFeatureIds, int FeatureIds, int RingIndices, int Properties, int NumericProps, int Ids)
{
    public const int Positions = 1;

    /// <summary>Of Properties and of the entries of numericProps.</summary>
    public const int Key = 1;

    public const int Value = 2;
    public const int KeyValue = 1;

    /// <summary>Of Doubles, Ints and NumericProp.</summary>
    public const int Packed = 1;

    public const int Size = 2;
    public const int Id = 1;

    public static readonly CartoTileFields Points = new(1, 0, 2, 3, 0, 4, 5, 6);
    public static readonly CartoTileFields Lines = new(2, 2, 3, 4, 0, 5, 6, 7);
    public static readonly CartoTileFields Polygons = new(3, 2, 3, 4, 5, 7, 8, 9);
}
