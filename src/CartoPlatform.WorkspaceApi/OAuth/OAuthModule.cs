using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using CartoPlatform.WorkspaceApi.OAuth.Tokens;

namespace CartoPlatform.WorkspaceApi.OAuth;

/// <summary>The platform as an OAuth authorization server: clients, keys, tokens.</summary>
internal static class OAuthModule
{
    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        services.AddOptions<OAuthOptions>().BindConfiguration(OAuthOptions.Section)
            .Validate(options => options.IsValid(), OAuthOptions.Rule).ValidateOnStart();
        return services.AddSingleton<SigningKeyStore>().AddSingleton<SigningKeyRotation>()
            .AddSingleton<ClientStore>().AddSingleton<ClientAdministration>().AddSingleton<ClientAuthentication>()
            .AddSingleton<AccessTokenStore>().AddSingleton<AccessTokenIssuer>();
    }

    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapClients();
        routes.MapSigningKeys();
        routes.MapToken();
    }
}
