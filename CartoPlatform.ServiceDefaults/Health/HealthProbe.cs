using System.Net.Sockets;
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
        var host = address.Host is "0.0.0.0" or "[::]" or "+" or "*" ? "127.0.0.1" : address.Host.Trim('[', ']');
        using var limit = new CancellationTokenSource(TimeLimit);
        try
        {
            return await LivesAsync(address.Scheme, host, address.Port, limit.Token) ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address.Scheme}://{host}:{address.Port}/health does not answer");
            return 1;
        }
    }

    /// <summary>By a socket where it can be: every container asks every few seconds, and to load an HTTP client takes as long as the rest.</summary>
    private static async Task<bool> LivesAsync(string scheme, string host, int port, CancellationToken cancellationToken)
    {
        if (scheme != Uri.UriSchemeHttp) return await LivesByClientAsync(new UriBuilder(scheme, host, port, "/health").Uri, cancellationToken);

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port, cancellationToken);
        await socket.SendAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
        var (answer, length) = (new byte[Lives.Length], 0);
        while (length < answer.Length && await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        return answer.AsSpan(0, length).SequenceEqual(Lives);
    }

    private static ReadOnlySpan<byte> Lives => "HTTP/1.1 200"u8;

    private static async Task<bool> LivesByClientAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var response = await client.GetAsync(address, cancellationToken);
        return response.IsSuccessStatusCode;
    }
}
