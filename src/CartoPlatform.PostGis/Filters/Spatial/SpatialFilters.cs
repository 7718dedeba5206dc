using System.Text.Json;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>The spatial part of a request (contract, section 8.3).</summary>
/// <param name="Filters">The JSON object <c>spatialFilters</c>: a filter by column.</param>
/// <param name="DataType">What the columns hold.</param>
/// <param name="Mode">For columns of cells.</param>
/// <param name="Resolution">Of the cells that cover a polygon, from old clients; null where the column's own counts.</param>
public sealed record SpatialFilters(JsonElement Filters, SpatialDataType DataType, SpatialFiltersMode Mode, int? Resolution);
