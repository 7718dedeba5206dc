using System.Text.RegularExpressions;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Microsoft.AspNetCore.Routing;

namespace CartoPlatform.WorkspaceApi.Tests.Requests;

/// <summary>All that the Workspace API answers to callers, as it says itself: what is added tomorrow is among it.</summary>
internal static partial class Routes
{
    /// <summary>Method and path with the names of its parameters, without those between services.</summary>
    public static IReadOnlyList<(string Method, string Path)> Of(RunningPlatform running) =>
    [
        .. running.Service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } path && !path.StartsWith("/internal", StringComparison.Ordinal) && !path.StartsWith("/health", StringComparison.Ordinal))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (method, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))))
            .Distinct(),
    ];

    public static IEnumerable<(string Method, string Path)> ThatChange(RunningPlatform running) => Of(running).Where(route => route.Method is "POST" or "PUT" or "PATCH" or "DELETE");

    /// <summary>The path with something in place of each parameter.</summary>
    public static string Fill(string path, Func<string, string> value) => Parameter().Replace(path, match => value(match.Groups["name"].Value));

    /// <summary>What could be there.</summary>
    public static string Usual(string parameter) => parameter switch
    {
        "connection" => "carto_dw",
        "name" => "no-such-name",
        "resource" => "demo",
        "datasetId" => "d1",
        _ => "2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21",
    };

    [GeneratedRegex(@"\{\**(?<name>\w+)(:\w+)?\??\}")]
    private static partial Regex Parameter();
}
