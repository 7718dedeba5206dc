using CartoPlatform.WorkspaceApi.OAuth.Authorization;
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
            .PostConfigure<IConfiguration>((options, configuration) => options.Issuer ??= configuration.GetValue<Uri?>(OAuthOptions.PublicUrl))
            .Validate(options => options.IsValid(), OAuthOptions.Rule).ValidateOnStart();
        return services.AddSingleton<SigningKeyStore>().AddSingleton<SigningKeyRotation>()
            .AddSingleton<ClientStore>().AddSingleton<ClientAdministration>().AddSingleton<ClientAuthentication>()
            .AddSingleton<AccessTokenStore>().AddSingleton<AccessTokenIssuer>().AddSingleton<MachineTokens>()
            .AddSingleton<CodeStore>().AddSingleton<IdTokens>().AddSingleton<CodeExchange>();
    }

    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapClients();
        routes.MapSigningKeys();
        routes.MapMetadata();
        routes.MapAuthorize();
        routes.MapToken();
        routes.MapRevocation();
        routes.MapUserInfo();
        routes.MapLogout();
    }
}
