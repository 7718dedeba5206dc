using CartoPlatform.MapsApi.Boundaries;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Cells;
using CartoPlatform.MapsApi.Maps;
using CartoPlatform.MapsApi.Overviews;
using CartoPlatform.MapsApi.Rasters;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Summaries;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Tilesets;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.MapsApi.Warm;
using CartoPlatform.PostGis;

namespace CartoPlatform.MapsApi;

/// <summary>Maps over HTTP: instantiation, TileJSON and tiles. An <c>IWorkspaceDirectory</c> and the authentication come from the host.</summary>
public static class MapsApiModule
{
    public static WebApplicationBuilder AddMapsApi(this WebApplicationBuilder builder)
    {
        builder.AddPostGis();
        var services = builder.Services;
        services.AddOptions<TileOptions>().BindConfiguration(TileOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<OverviewOptions>().BindConfiguration(OverviewOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WarmOptions>().BindConfiguration(WarmOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SummaryOptions>().BindConfiguration(SummaryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PublicUrlOptions>().BindConfiguration(PublicUrlOptions.Section)
            .Validate(options => options.PublicUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "" },
                "Platform:PublicUrl must be an absolute http or https URL without a query")
            .ValidateOnStart();
        services.AddSingleton<Declarations>();
        services.AddSingleton<RecentWord>();
        services.AddSingleton<MapDefinitions>();
        services.AddSingleton<MapUrls>();
        services.AddSingleton<SpatialColumnFinder>();
        services.AddSingleton<RowSources>();
        services.AddSingleton<Aggregates>();
        services.AddSingleton<MapSources>();
        services.AddSingleton<MeasuredSummaries>();
        services.AddSingleton<SourceFacts>();
        services.AddSingleton<TileJsonBuilder>();
        services.AddSingleton<MapService>();
        services.AddSingleton<ProjectedBoxes>();
        services.AddSingleton<TileSessions>();
        services.AddSingleton<RowPacking>();
        services.AddSingleton<OverviewStore>();
        services.AddSingleton<WarmLayers>();
        services.AddSingleton<ThinnedTiles>();
        services.AddSingleton<TileRenderer>();
        services.AddSingleton<TileService>();
        services.AddSingleton<TileGate>();
        services.AddSingleton<TileRequests>();
        services.AddSingleton<CellLayers>();
        services.AddSingleton<CellFacts>();
        services.AddSingleton<CellTileJsonBuilder>();
        services.AddSingleton<CellTileRenderer>();
        services.AddSingleton<StoredTables>();
        services.AddSingleton<StoredMaps>();
        services.AddTilesets();
        services.AddBoundaries();
        services.AddRasters();
        return builder;
    }

    public static IEndpointRouteBuilder MapMapsApi(this IEndpointRouteBuilder routes)
    {
        var maps = routes.MapGroup("/v3/maps/{connection}").RequireConnection();
        foreach (var kind in Enum.GetValues<SourceKind>())
        {
            maps.MapMaps(kind);
            maps.MapTiles(kind);
            maps.MapCellTiles(kind);
        }

        maps.MapTilesets();
        maps.MapBoundaries();
        maps.MapRasters();
        routes.MapChangeStream();
        return routes;
    }
}
