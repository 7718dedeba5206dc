using System.CommandLine;
using System.Globalization;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Tilesets;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

internal static class TilesetListing
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "List the tilesets of the default connection: name, zooms, kind, size.") { data };
        command.SetAction((parsed, cancellationToken) => ListAsync(PlatformSettings.ReadData(parsed.GetValue(data)), cancellationToken));
        return command;
    }

    public static Command CreateDrop()
    {
        var name = new Argument<string>("NAME") { Description = "The tileset: NAME or SCHEMA.NAME." };
        var data = CommonOptions.Data();
        var command = new Command("drop", "Drop a tileset. A table that is none is left alone.") { name, data };
        command.SetAction((parsed, cancellationToken) => DropAsync(parsed.GetRequiredValue(name), PlatformSettings.ReadData(parsed.GetValue(data)), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(DataFolder data, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(RunningDatabase.Find(data).Owner);
        var tilesets = await TilesetTables.ListAsync(database, cancellationToken);
        foreach (var tileset in tilesets)
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{tileset.Name}  {tileset.Kind}  zoom {tileset.MinZoom} to {tileset.MaxZoom}  {tileset.Bytes / 1024.0 / 1024.0:0.0} MB"));
        }

        if (tilesets.Count == 0) await Console.Out.WriteLineAsync("There are no tilesets.");
        return ExitCodes.Success;
    }

    private static async Task<int> DropAsync(string text, DataFolder data, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(text) ?? throw new CommandException($"'{text}' cannot be a table: give NAME or SCHEMA.NAME.", ExitCodes.WrongUsage);
        await using var database = NpgsqlDataSource.Create(RunningDatabase.Find(data).Owner);
        await TilesetTables.DropAsync(database, name, cancellationToken);
        await Console.Out.WriteLineAsync($"{name} dropped.");
        return ExitCodes.Success;
    }
}
