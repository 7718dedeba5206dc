using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient.Http;

/// <summary>Asks the Workspace API over its internal port.</summary>
internal sealed class HttpWorkspaceDirectory(HttpClient client) : IWorkspaceDirectory
{
    public ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(InternalRoutes.Token(id), WorkspaceJson.Default.TokenRecord, cancellationToken);

    public ValueTask<SigningKeysRecord?> FindSigningKeysAsync(CancellationToken cancellationToken) =>
        FindAsync(InternalRoutes.SigningKeys, WorkspaceJson.Default.SigningKeysRecord, cancellationToken);

    public ValueTask<ConnectionRecord?> FindConnectionAsync(string name, CancellationToken cancellationToken) =>
        FindAsync(InternalRoutes.Connection(name), WorkspaceJson.Default.ConnectionRecord, cancellationToken);

    public ValueTask<NamedSourceRecord?> FindNamedSourceAsync(string name, CancellationToken cancellationToken) =>
        FindAsync(InternalRoutes.NamedSource(name), WorkspaceJson.Default.NamedSourceRecord, cancellationToken);

    public async ValueTask<string?> FindMapDefinitionAsync(string id, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(await GetAsync(InternalRoutes.MapDefinition(id), cancellationToken));
        return text == "null" ? null : text;
    }

    public async ValueTask SaveMapDefinitionAsync(string id, string definitionJson, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, InternalRoutes.MapDefinition(id));
        request.Content = new StringContent(definitionJson, Encoding.UTF8, "application/json");
        await SendAsync(request, HttpStatusCode.NoContent, cancellationToken);
    }

    private async ValueTask<TRecord?> FindAsync<TRecord>(string route, JsonTypeInfo<TRecord> type, CancellationToken cancellationToken)
        where TRecord : class
    {
        var body = await GetAsync(route, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException exception)
        {
            throw new WorkspaceUnavailableException($"the Workspace API's answer to {route} is not a {typeof(TRecord).Name}", exception);
        }
    }

    private async ValueTask<byte[]> GetAsync(string route, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        return await SendAsync(request, HttpStatusCode.OK, cancellationToken);
    }

    private async ValueTask<byte[]> SendAsync(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode == expected) return await response.Content.ReadAsByteArrayAsync(cancellationToken);
            throw new WorkspaceUnavailableException(Explain(request, response.StatusCode));
        }
        catch (HttpRequestException exception)
        {
            throw new WorkspaceUnavailableException(
                $"the Workspace API at {client.BaseAddress} cannot be reached: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WorkspaceUnavailableException(
                $"the Workspace API at {client.BaseAddress} did not answer within {client.Timeout.TotalSeconds} s", exception);
        }
    }

    private string Explain(HttpRequestMessage request, HttpStatusCode status) => status == HttpStatusCode.NotFound
        ? $"{client.BaseAddress} does not know {request.RequestUri}: "
          + "check that Workspace:Url is the Workspace API's internal port and that Platform:InternalKey is the same there"
        : $"the Workspace API at {client.BaseAddress} answered {(int)status} to {request.Method} {request.RequestUri}";
}
