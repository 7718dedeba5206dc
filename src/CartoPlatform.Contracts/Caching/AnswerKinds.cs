namespace CartoPlatform.Contracts.Caching;

/// <summary>Values of <see cref="CacheDeclaration.Kind"/>.</summary>
public static class AnswerKinds
{
    public const string Tile = "tile";

    /// <summary>An instantiation.</summary>
    public const string Map = "map";

    public const string TileJson = "tilejson";
    public const string Model = "model";
    public const string Stats = "stats";

    /// <summary>A query of the SQL API, by GET.</summary>
    public const string Query = "query";
}
