using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.Tilesets;
using CartoPlatform.Tilesets.Plans;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

internal static class TilesetCreation
{
    private const string Description =
        """
        Make a tileset of a table or a SELECT. Readers see it whole or not at all; a run that was interrupted goes on where it was when the
        same command is given again.
          ./carto tileset create demo.airports demo.airports_tiles --max-zoom 8
          ./carto tileset create demo.populated_places demo.places_grid --type points --aggregate "people=sum(population)"
          ./carto tileset create demo.cells demo.cells_tiles --type h3 --cell-column h3 --aggregate "pop_sum=sum(pop)" --level 4
        """;

    private static readonly Argument<string> Input = new("INPUT") { Description = "A table, or a SELECT." };
    private static readonly Argument<string> Output = new("OUTPUT") { Description = "The table to make: NAME or SCHEMA.NAME." };
    private static readonly Option<string> Type = new("--type") { Description = "simple: features as they are; points: points summed up in a grid; h3, quadbin: cells.", DefaultValueFactory = _ => "simple" };
    private static readonly Option<int> MinZoom = new("--min-zoom") { Description = "Coarsest zoom (of cells, resolution of a tile)." };
    private static readonly Option<int?> MaxZoom = new("--max-zoom") { Description = "Finest zoom (default: 12; of cells, as far as the data allow)." };
    private static readonly Option<string> Geometry = new("--geometry") { Description = "Column of the geometry.", DefaultValueFactory = _ => "geom" };
    private static readonly Option<string?> Columns = new("--columns") { Description = "Columns that features carry, with commas between (default: all).", HelpName = "A,B" };
    private static readonly Option<string?> Order = new("--order") { Description = "What stays when a tile is full, as an SQL ordering (default: the largest first, points evenly spread).", HelpName = "SQL" };
    private static readonly Option<int> MaxTileKilobytes = new("--max-tile-kb") { Description = "Size of a tile before compression.", DefaultValueFactory = _ => 1_024 };
    private static readonly Option<int> MaxFeatures = new("--max-features") { Description = "Features in a tile.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<string[]> Aggregates = new("--aggregate") { Description = "A property of points or cells: its name and an SQL aggregate.", HelpName = "NAME=SQL" };
    private static readonly Option<string?> CellColumn = new("--cell-column") { Description = "Column of the cells (default: h3 or quadbin).", HelpName = "NAME" };
    private static readonly Option<int> Level = new("--level") { Description = "By how many resolutions cells are finer than their tile.", DefaultValueFactory = _ => 6 };
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace a table of that name; it stays readable until the new one is complete." };
    private static readonly Option<string?> Text = new("--description") { Description = "A sentence for the tileset's metadata." };
    private static readonly Option<string?> Data = CommonOptions.Data();

    public static Command Create()
    {
        var command = new Command("create", Description)
        {
            Input, Output, Type, MinZoom, MaxZoom, Geometry, Columns, Order, MaxTileKilobytes, MaxFeatures, Aggregates, CellColumn, Level, Overwrite, Text, Data,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(Plan(parsed), PlatformSettings.ReadData(parsed.GetValue(Data)), cancellationToken));
        return command;
    }

    private static TilesetPlan Plan(ParseResult parsed)
    {
        var kind = parsed.GetRequiredValue(Type) switch
        {
            "simple" => TilesetKind.Simple,
            "points" => TilesetKind.PointAggregation,
            "h3" or "quadbin" => TilesetKind.SpatialIndex,
            var other => throw Wrong($"--type {other} is not known: simple, points, h3 or quadbin"),
        };
        var output = parsed.GetRequiredValue(Output);
        var (given, cells) = (parsed.GetValue(Aggregates) ?? [], kind == TilesetKind.SpatialIndex);
        if (kind == TilesetKind.Simple && given.Length > 0) throw Wrong("--aggregate is for points and cells: features of --type simple keep their columns");
        var plan = new TilesetPlan
        {
            Kind = kind,
            Input = parsed.GetRequiredValue(Input),
            Output = TableName.Parse(output) ?? throw Wrong($"'{output}' cannot be a table: give NAME or SCHEMA.NAME"),
            GeometryColumn = parsed.GetRequiredValue(Geometry),
            MinZoom = parsed.GetValue(MinZoom),
            MaxZoom = parsed.GetValue(MaxZoom) ?? (cells ? null : 12),
            Columns = parsed.GetValue(Columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            FeatureOrder = parsed.GetValue(Order),
            MaxTileBytes = (int)Math.Clamp(parsed.GetValue(MaxTileKilobytes) * 1_024L, 0, int.MaxValue),
            MaxTileFeatures = parsed.GetValue(MaxFeatures),
            Aggregates = [.. given.Select(Aggregate)],
            AggregationResolution = parsed.GetValue(Level),
            Overwrite = parsed.GetValue(Overwrite),
            Metadata = parsed.GetValue(Text) is { } text ? new JsonObject { ["description"] = text } : [],
        };
        try
        {
            return TilesetPlanReader.Check(cells ? TilesetPlanReader.WithCells(plan, $"{parsed.GetValue(Type)}:{parsed.GetValue(CellColumn) ?? parsed.GetValue(Type)}") : plan);
        }
        catch (TilesetException exception)
        {
            throw Wrong(exception.Message.TrimEnd('.'));
        }
    }

    private static AggregatedProperty Aggregate(string text) => text.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } formula]
        ? new AggregatedProperty(name, formula)
        : throw Wrong($"--aggregate '{text}' is not NAME=SQL, such as people=sum(population)");

    private static CommandException Wrong(string problem) => new($"{problem}.", ExitCodes.WrongUsage);

    private static async Task<int> RunAsync(TilesetPlan plan, DataFolder data, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(RunningDatabase.Find(data).Owner);
        long? tiles;
        using (var bar = new ProgressBar($"Making {plan.Output}"))
            tiles = await new TilesetRun(database, plan, TimeProvider.System) { Progress = bar.Show }.RunAsync(cancellationToken);

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{plan.Output}: {tiles:N0} tiles"));
        if (RunFile.Read(data) is { } run)
        {
            var name = Uri.EscapeDataString(plan.Output.ToString());
            await Console.Out.WriteLineAsync($"Try: curl -H \"Authorization: Bearer $(cat '{data.OwnerTokenFile}')\" '{run.BaseUrl}/v3/maps/{PlatformLogins.DataDatabase}/tileset?name={name}&format=tilejson'");
        }

        return ExitCodes.Success;
    }
}
