using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace CartoPlatform.ServiceDefaults.Health;

/// <summary>
/// <c>--health</c> of every binary: asks the service that runs with the same configuration for <c>/health</c>, and exits 0 if it lives.
/// Container health checks use it, so that images need no curl.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(3);

    public static bool IsRequested(string[] args) => args.Contains("--health", StringComparer.Ordinal);

    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables()
            .AddCommandLine([.. args.Where(argument => argument != "--health")]).Build();
        // The internal port speaks plain HTTP even where the main one has a certificate that this machine need not trust.
        var internalPort = configuration["Internal:Port"] is { Length: > 0 } and not "0" ? configuration["Internal:Port"] : null;
        var address = BindingAddress.Parse(internalPort is null
            ? (configuration["urls"] ?? "http://127.0.0.1:8080").Split(';')[0]
            : $"http://{configuration["Internal:Bind"] ?? "127.0.0.1"}:{internalPort}");
        var host = address.Host is "0.0.0.0" or "[::]" or "+" or "*" ? "127.0.0.1" : address.Host;
        using var client = new HttpClient { Timeout = TimeLimit };
        try
        {
            using var response = await client.GetAsync(new Uri($"{address.Scheme}://{host}:{address.Port}/health"));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address.Scheme}://{host}:{address.Port}/health does not answer");
            return 1;
        }
    }
}
