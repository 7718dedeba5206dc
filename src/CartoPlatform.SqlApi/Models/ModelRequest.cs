using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.SqlApi.Models;

/// <summary>What all models have in common (contract, section 7.1).</summary>
internal sealed record ModelRequest
{
    public required bool IsTable { get; init; }

    /// <summary>The table's name or the query's SQL, as the caller wrote it.</summary>
    public required string Source { get; init; }

    /// <summary>The query's SQL, where <see cref="Source"/> may name it; null until it has been looked up.</summary>
    public string? Sql { get; init; }

    /// <summary>The named source that it comes from.</summary>
    public NamedSourceRecord? Named { get; init; }

    /// <summary>Values of the query's placeholders.</summary>
    public required QueryParameters QueryParameters { get; init; }

    /// <summary>The same as it was sent: equal texts are equal values.</summary>
    public string? QueryParametersText { get; init; }

    /// <summary>What the model takes: a JSON object.</summary>
    public required JsonElement Params { get; init; }

    public JsonElement? Filters { get; init; }

    /// <summary>How the filters of several columns go together.</summary>
    public FilterOperator FiltersTogether { get; init; }

    public string? SpatialColumn { get; init; }

    public SpatialFilters? SpatialFilters { get; init; }
}
