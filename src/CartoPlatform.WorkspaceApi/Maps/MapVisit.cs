using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Whether somebody sees a map, and how he reads its data then.</summary>
/// <param name="Error">Why not; null for those who do.</param>
/// <param name="GetsMapToken">By the map's token, or else with what he came with.</param>
internal readonly record struct MapVisit(ApiError? Error, bool GetsMapToken)
{
    public static readonly MapVisit WithToken = new(null, GetsMapToken: true);

    public static readonly MapVisit WithOwnToken = new(null, GetsMapToken: false);

    public static MapVisit Refuse(ApiError error) => new(error, GetsMapToken: false);
}
