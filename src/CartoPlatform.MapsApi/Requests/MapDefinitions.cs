using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>
/// Map requests that are too long for a URL: kept under the hash of their parameters, in the metadata database, so that neither a
/// restart nor another process loses a running map. Tiles have no other way: clients never POST for them (contract, section 3.6).
/// </summary>
internal sealed class MapDefinitions(IWorkspaceDirectory workspace)
{
    private const string Endpoint = "endpoint";
    private const int IdLength = 64;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] SourceParameters =
    [
        ParameterNames.Name, ParameterNames.Query, ParameterNames.QueryParameters, ParameterNames.SpatialDataType, ParameterNames.SpatialDataColumn,
        ParameterNames.TileResolution, ParameterNames.Columns, ParameterNames.Filters, ParameterNames.FeatureBbox, ParameterNames.AggregationExp,
        ParameterNames.AggregationResLevel, ParameterNames.TrajectoryIdColumn, ParameterNames.TimestampColumn, ParameterNames.TilesetTableName,
        ParameterNames.PropertiesTableName, ParameterNames.PropertiesSqlQuery,
    ];

    /// <summary>What a request asks for, and how it wants the answer.</summary>
    public async ValueTask<Outcome<RequestedMap>> ReadAsync(SourceKind kind, HttpRequest request, CancellationToken cancellationToken)
    {
        var parameters = await RequestParameters.ReadAsync(request, cancellationToken);
        if (!parameters.Succeeded) return parameters.Error;
        var answer = AnswerOptions.Read(parameters.Value);
        if (!answer.Succeeded) return answer.Error;
        var map = await FindAsync(kind, parameters.Value, cancellationToken);
        return map.Succeeded ? new RequestedMap(map.Value, answer.Value) : map.Error;
    }

    private async ValueTask<Outcome<MapRequest>> FindAsync(SourceKind kind, RequestParameters parameters, CancellationToken cancellationToken)
    {
        var found = await ResolveAsync(kind.ToSegment(), parameters, cancellationToken);
        return found.Succeeded ? MapRequestReader.Read(kind, found.Value) : found.Error;
    }

    /// <summary>The parameters of a source, spelled out or by the id of their definition.</summary>
    public async ValueTask<Outcome<RequestParameters>> ResolveAsync(string endpoint, RequestParameters parameters, CancellationToken cancellationToken)
    {
        if (parameters.Find(ParameterNames.Definition) is null) return parameters;

        var reader = new ParameterReader(parameters);
        var id = reader.Text(ParameterNames.Definition, IdLength);
        foreach (var name in SourceParameters)
        {
            if (reader.Has(name)) reader.Fail($"The parameter {name} cannot be given beside {ParameterNames.Definition}");
        }

        if (reader.Error is { } error) return error;
        var json = id is { Length: IdLength } && id.All(char.IsAsciiHexDigitLower) ? await workspace.FindMapDefinitionAsync(id, cancellationToken) : null;
        if (json is null) return Unknown;

        var definition = RequestParameters.FromJson(json);
        return new ParameterReader(definition).Text(Endpoint, IdLength) == endpoint ? definition : Unknown;
    }

    /// <summary>Keeps the parameters of a source and gives their id.</summary>
    public async ValueTask<Outcome<string>> SaveAsync(string endpoint, IReadOnlyList<KeyValuePair<string, string>> source, CancellationToken cancellationToken)
    {
        var json = ToJson(endpoint, source);
        if (json.Length > WorkspaceLimits.MapDefinitionBytes)
            return ApiError.BadRequest($"The map's definition is longer than {WorkspaceLimits.MapDefinitionBytes} bytes");

        var id = Convert.ToHexStringLower(SHA256.HashData(json));
        await workspace.SaveMapDefinitionAsync(id, Encoding.UTF8.GetString(json), cancellationToken);
        return id;
    }

    private static ApiError Unknown => ApiError.NotFound("There is no such map definition: instantiate the map again");

    private static byte[] ToJson(string endpoint, IReadOnlyList<KeyValuePair<string, string>> source)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString(Endpoint, endpoint);
            foreach (var (name, value) in source) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}

internal sealed record RequestedMap(MapRequest Map, AnswerOptions Answer);
