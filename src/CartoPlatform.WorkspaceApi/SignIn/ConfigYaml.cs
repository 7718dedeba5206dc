using System.Reflection;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary><c>/config.yaml</c> at the platform's host: where desktop clients find the APIs (contract, section 13).</summary>
internal static class ConfigYaml
{
    private static readonly string Version =
        (typeof(ConfigYaml).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    public static IResult Show(HttpRequest request)
    {
        var address = $"{request.Scheme}://{request.Host}{request.PathBase}";
        return TypedResults.Text($"apis:\n  baseUrl: \"{address}\"\n  workspaceUrl: \"{address}/workspace-api\"\ncartoVersion: \"{Version}\"\n", "text/yaml");
    }
}
