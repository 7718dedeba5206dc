namespace CartoPlatform.MapsApi.Requests;

/// <summary>The parameters of the contract, section 2.1, and <see cref="Definition"/>, which is ours.</summary>
internal static class ParameterNames
{
    public const string Name = "name";
    public const string Query = "q";
    public const string QueryParameters = "queryParameters";
    public const string SpatialDataType = "spatialDataType";
    public const string SpatialDataColumn = "spatialDataColumn";
    public const string TileResolution = "tileResolution";
    public const string Columns = "columns";
    public const string Filters = "filters";
    public const string FeatureBbox = "featureBbox";
    public const string AggregationExp = "aggregationExp";
    public const string AggregationResLevel = "aggregationResLevel";

    /// <summary>Of tiles of rasters, and ours: names of bands, with commas between; without it, all.</summary>
    public const string Bands = "bands";

    public const string TilesetTableName = "tilesetTableName";
    public const string PropertiesTableName = "propertiesTableName";
    public const string PropertiesSqlQuery = "propertiesSqlQuery";

    public const string TrajectoryIdColumn = "trajectoryIdColumn";
    public const string TimestampColumn = "timestampColumn";

    /// <summary>Of versions up to 3.2 of the contract; refused since.</summary>
    public const string GeoColumn = "geo_column";

    public const string Format = "format";
    public const string FormatTiles = "formatTiles";
    public const string Client = "client";
    public const string Version = "v";
    public const string Cache = "cache";

    /// <summary>Id of a stored definition, which stands for all parameters of the source.</summary>
    public const string Definition = "definition";
}
