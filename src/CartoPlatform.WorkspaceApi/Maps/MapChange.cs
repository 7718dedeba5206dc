using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>What became of a change: the map, or why not. One of the two.</summary>
internal sealed record MapChange(StoredMap? Map, ApiError? Error)
{
    /// <summary>The map's token reads other datasets than before, or has ended: what others remember of it is not true any more.</summary>
    public bool ChangesToken { get; init; }

    public static MapChange To(StoredMap map) => new(map, null);

    public static MapChange Refuse(ApiError error) => new(null, error);
}
