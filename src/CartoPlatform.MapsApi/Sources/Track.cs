using CartoPlatform.MapsApi.Requests;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>Which track a point belongs to, and when it was there.</summary>
internal sealed record Track(ColumnReference Id, ColumnReference Time)
{
    public static Outcome<Track> Find(IReadOnlyList<ColumnReference> columns, TrackColumns names)
    {
        if (ColumnReference.Find(columns, names.Id) is not { } id) return ApiError.ColumnNotFound(names.Id);
        if (ColumnReference.Find(columns, names.Time) is not { } time) return ApiError.ColumnNotFound(names.Time);
        if (id.Column.IsSpatial) return ApiError.BadRequest($"The column {id.Column.Name} cannot tell tracks apart: it holds geometry");
        return time.Column.ToFieldSchema().Type is Contracts.Maps.FieldType.Timestamp or Contracts.Maps.FieldType.Number
            ? new Track(id, time)
            : ApiError.BadRequest($"The column {time.Column.Name} holds neither times nor numbers");
    }
}
