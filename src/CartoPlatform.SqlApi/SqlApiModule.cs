using CartoPlatform.Auth;
using CartoPlatform.PostGis;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Stats;

namespace CartoPlatform.SqlApi;

/// <summary>The SQL API: queries, models and statistics now; jobs have their routes and say that they are to come.</summary>
public static class SqlApiModule
{
    public static WebApplicationBuilder AddSqlApi(this WebApplicationBuilder builder)
    {
        builder.AddPlatformAuth();
        builder.AddPostGis();
        builder.Services.AddQueries();
        builder.Services.AddModels();
        builder.Services.AddStats();
        return builder;
    }

    public static IEndpointRouteBuilder MapSqlApi(this IEndpointRouteBuilder routes)
    {
        routes.MapQueries();
        routes.MapModels();
        routes.MapStats();
        routes.Map("/v3/sql/{connection}/job/{**id}", () => ApiError.NotImplemented("The jobs API"));
        routes.Map("/v3/sql/jobs", () => ApiError.NotImplemented("The jobs API"));
        return routes;
    }
}
