using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.Edge.NotBuilt;

/// <summary>
/// Routes of the contract (sections 12 to 15) that no service answers yet: 501 in the contract's shape, so that a caller can tell
/// "not yet" from "wrong address". A route leaves this list when its service is built.
/// </summary>
internal static class NotBuiltEndpoints
{
    private static readonly (string Pattern, string What)[] Routes =
    [
        ("/v3/imports/{**rest}", "Imports"),
        ("/v3/lds/{**rest}", "Location data services"),
        ("/v3/organization/{**rest}", "Administration of the organization"),
    ];

    public static void MapNotBuilt(this IEndpointRouteBuilder routes)
    {
        foreach (var (pattern, what) in Routes)
            routes.Map(pattern, () => ApiError.NotImplemented(what)).WithOrder(int.MaxValue);
    }
}
