using CartoPlatform.Load.Cache;
using CartoPlatform.Load.Sql;
using CartoPlatform.Load.Tiles;

switch (args)
{
    case [PlainEndpoint.Argument]:
        await PlainEndpoint.RunAsync();
        return 0;
    case ["sql", .. var parts]:
        await SqlLoad.RunAsync(parts);
        return 0;
    case [ObjectOrigin.Argument]:
        await ObjectOrigin.RunAsync();
        return 0;
    case ["cache", .. var parts]:
        await CacheLoad.RunAsync(parts);
        return 0;
    case ["tiles", .. var parts]:
        return await TileLoad.RunAsync(parts);
    default:
        await Console.Error.WriteLineAsync("Usage: CartoPlatform.Load sql [rows|models] | cache [hits [1] [5] [20]|permission|limits|fresh|memory|watch] | tiles [points|polygons|lines|countries|scaling] [--mapserver]");
        return 2;
}
