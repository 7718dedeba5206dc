using System.Text.Json;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Stored;

namespace CartoPlatform.MapsApi.Boundaries;

/// <summary>A request for the geometry of a tileset with attributes of a table or a query.</summary>
internal sealed record BoundaryRequest
{
    public const string Endpoint = "boundary";

    private const int MaxSqlLength = 500_000, MaxJsonLength = 500_000, MaxColumnsLength = 1_600 * 64;

    public required string Tileset { get; init; }

    /// <summary>A table's name; null where the attributes come from a query.</summary>
    public string? Table { get; init; }

    public string? Query { get; init; }

    public JsonElement? QueryParameters { get; init; }

    public IReadOnlyList<string>? Columns { get; init; }

    public JsonElement? Filters { get; init; }

    public required AnswerOptions Answer { get; init; }

    /// <param name="http">The request.</param>
    /// <param name="definitions">Where long ones are kept.</param>
    /// <param name="withProperties">Tiles of geometry have no attributes.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public static async ValueTask<Outcome<BoundaryRequest>> ReadAsync(HttpRequest http, MapDefinitions definitions, bool withProperties, CancellationToken cancellationToken)
    {
        var given = await RequestParameters.ReadAsync(http, cancellationToken);
        if (!given.Succeeded) return given.Error;
        var answer = AnswerOptions.Read(given.Value);
        if (!answer.Succeeded) return answer.Error;
        var parameters = await definitions.ResolveAsync(Endpoint, given.Value, cancellationToken);
        if (!parameters.Succeeded) return parameters.Error;

        var reader = new ParameterReader(parameters.Value);
        if (answer.Value.Format is not (null or "tilejson")) reader.Fail("The parameter format must be tilejson: boundaries come in no other form");
        var request = new BoundaryRequest
        {
            Tileset = reader.RequiredText(ParameterNames.TilesetTableName, NamedRequest.MaxNameLength),
            Table = withProperties ? reader.Text(ParameterNames.PropertiesTableName, NamedRequest.MaxNameLength) : null,
            Query = withProperties ? reader.Text(ParameterNames.PropertiesSqlQuery, MaxSqlLength) : null,
            QueryParameters = reader.Json(ParameterNames.QueryParameters, MaxJsonLength, allowArray: true),
            Columns = reader.Text(ParameterNames.Columns, MaxColumnsLength)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Filters = reader.Json(ParameterNames.Filters, MaxJsonLength, allowArray: false),
            Answer = answer.Value,
        };
        if (withProperties && request.Table is null == request.Query is null)
            reader.Fail($"One of the parameters {ParameterNames.PropertiesTableName} and {ParameterNames.PropertiesSqlQuery} must be given");
        return reader.Error is { } error ? error : request;
    }

    /// <summary>What a tile of geometry is made of.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GeometryParameters() => [new(ParameterNames.TilesetTableName, Tileset)];

    public IReadOnlyList<KeyValuePair<string, string>> ToParameters()
    {
        var list = new List<KeyValuePair<string, string>>(GeometryParameters());
        if (Table is not null) list.Add(new(ParameterNames.PropertiesTableName, Table));
        if (Query is not null) list.Add(new(ParameterNames.PropertiesSqlQuery, Query));
        if (QueryParameters is { } values) list.Add(new(ParameterNames.QueryParameters, values.GetRawText()));
        if (Columns is not null) list.Add(new(ParameterNames.Columns, string.Join(',', Columns)));
        if (Filters is { } filters) list.Add(new(ParameterNames.Filters, filters.GetRawText()));
        return list;
    }
}
