using CartoPlatform.Auth;
using CartoPlatform.PostGis;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Jobs;
using CartoPlatform.SqlApi.Queries;

namespace CartoPlatform.SqlApi;

/// <summary>The SQL API: queries and jobs; models have their routes and say that they are to come.</summary>
public static class SqlApiModule
{
    public static WebApplicationBuilder AddSqlApi(this WebApplicationBuilder builder)
    {
        builder.AddPlatformAuth();
        builder.AddPostGis();
        builder.Services.AddQueries();
        builder.Services.AddJobs();
        return builder;
    }

    public static IEndpointRouteBuilder MapSqlApi(this IEndpointRouteBuilder routes)
    {
        routes.MapQueries();
        routes.Map("/v3/sql/{connection}/model/{model}", () => ApiError.NotImplemented("This model"));
        routes.MapJobs();
        return routes;
    }
}
