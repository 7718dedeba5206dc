using CartoPlatform.Auth;
using CartoPlatform.PostGis;
using CartoPlatform.SqlApi.Jobs;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Stats;

namespace CartoPlatform.SqlApi;

/// <summary>The SQL API: queries, models, statistics and jobs.</summary>
public static class SqlApiModule
{
    public static WebApplicationBuilder AddSqlApi(this WebApplicationBuilder builder)
    {
        builder.AddPlatformAuth();
        builder.AddPostGis();
        builder.Services.AddQueries();
        builder.Services.AddModels();
        builder.Services.AddStats();
        builder.Services.AddJobs();
        return builder;
    }

    public static IEndpointRouteBuilder MapSqlApi(this IEndpointRouteBuilder routes)
    {
        routes.MapQueries();
        routes.MapModels();
        routes.MapStats();
        routes.MapJobs();
        return routes;
    }
}
