using System.Globalization;
using System.Text.Json;
using CartoPlatform.PostGis.Features;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Requests;

/// <summary>What a map shows: the same for the instantiation, its TileJSON and every tile.</summary>
internal sealed record MapRequest
{
    public required SourceKind Kind { get; init; }

    /// <summary>The table's name or the query's SQL, as the caller wrote it.</summary>
    public required string Source { get; init; }

    /// <summary>Values of the query's placeholders: an array, or an object by name.</summary>
    public JsonElement? QueryParameters { get; init; }

    public required string SpatialColumn { get; init; }

    public required SpatialDataType SpatialType { get; init; }

    public required TileResolution Resolution { get; init; }

    /// <summary>Expressions with aliases, as the caller wrote them: what cells carry, or rows of equal geometry in place of their columns. Never null for cells.</summary>
    public string? AggregationExp { get; init; }

    /// <summary>By how much cells are finer than the tile they are in.</summary>
    public int AggregationLevel { get; init; }

    /// <summary>Of points in time: the columns that tell the tracks and the times. Null for everything else.</summary>
    public TrackColumns? Track { get; init; }

    /// <summary>Names of the columns to put in tiles, as written; null means every one.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    public JsonElement? Filters { get; init; }

    /// <summary>Adds the text property <c>_carto_bbox</c> to polygons.</summary>
    public bool FeatureBbox { get; init; }

    /// <summary>
    /// Adds the text property <c>_carto_feature_id</c> to features: where the columns name it, and only there (contract, section 2.1).
    /// </summary>
    public bool FeatureId => Columns?.Contains(FeatureIdSql.ColumnName, StringComparer.Ordinal) == true;

    /// <summary>The system of the tiles' cells; null for geometry.</summary>
    public CellScheme? Scheme => SpatialType switch
    {
        SpatialDataType.H3 => CellScheme.H3,
        SpatialDataType.Quadbin => CellScheme.Quadbin,
        _ => null,
    };

    /// <summary>The parameters that make an equal request, in a fixed order: URLs and stored definitions are made of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToParameters()
    {
        var list = new List<KeyValuePair<string, string>> { new(Kind == SourceKind.Table ? ParameterNames.Name : ParameterNames.Query, Source) };
        if (QueryParameters is { } values) list.Add(new(ParameterNames.QueryParameters, values.GetRawText()));
        list.Add(new(ParameterNames.SpatialDataColumn, SpatialColumn));
        list.Add(new(ParameterNames.SpatialDataType, Scheme?.Name ?? (Track is null ? "geo" : "trajectory")));
        if (Scheme is null) list.Add(new(ParameterNames.TileResolution, Resolution.Text));
        if (AggregationExp is not null) list.Add(new(ParameterNames.AggregationExp, AggregationExp));
        if (Scheme is not null) list.Add(new(ParameterNames.AggregationResLevel, AggregationLevel.ToString(CultureInfo.InvariantCulture)));
        if (Track is not null) list.AddRange([new(ParameterNames.TrajectoryIdColumn, Track.Id), new(ParameterNames.TimestampColumn, Track.Time)]);

        if (Columns is not null) list.Add(new(ParameterNames.Columns, string.Join(',', Columns)));
        if (Filters is { } filters) list.Add(new(ParameterNames.Filters, filters.GetRawText()));
        if (FeatureBbox) list.Add(new(ParameterNames.FeatureBbox, "true"));
        return list;
    }
}

/// <summary>Names of columns, as the caller wrote them.</summary>
internal sealed record TrackColumns(string Id, string Time);
