using System.CommandLine;

namespace CartoPlatform.Cli.Commands;

/// <summary>Tables of finished tiles.</summary>
internal static class TilesetCommand
{
    private const string Description =
        """
        Make, list and drop tilesets: tables of finished tiles, in the layout of CARTO's Analytics Toolbox, for data that are too large to be
        tiled at each request. The client library reads them with vectorTilesetSource, h3TilesetSource and quadbinTilesetSource.
        """;

    public static Command Create() => new("tileset", Description) { TilesetCreation.Create(), TilesetListing.Create(), TilesetListing.CreateDrop() };
}
