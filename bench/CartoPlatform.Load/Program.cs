using CartoPlatform.Load.Sql;

switch (args)
{
    case [PlainEndpoint.Argument]:
        await PlainEndpoint.RunAsync();
        return 0;
    case ["sql", .. var parts]:
        await SqlLoad.RunAsync(parts);
        return 0;
    default:
        await Console.Error.WriteLineAsync("Usage: CartoPlatform.Load sql [rows|models]");
        return 2;
}
