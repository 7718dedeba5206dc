using System.Text;
using CartoPlatform.HttpCache.Keys;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace CartoPlatform.Edge.Routing;

/// <summary>
/// Picks the process of a cache pool by what is asked for: each key has one owner, the same for every edge, and when a process goes only
/// its keys find another (rendezvous hashing). Keys are canonical, so that GET and POST of the same answer meet.
/// </summary>
internal sealed class CacheOwnerPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "CacheOwner";

    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
        Pick(context.Features.Get<AskedKey>()?.Text ?? context.Request.Path.Value ?? "", availableDestinations);

    private static DestinationState? Pick(string key, IReadOnlyList<DestinationState> destinations)
    {
        DestinationState? owner = null;
        var most = 0UL;
        foreach (var destination in destinations)
        {
            var weight = Weigh(destination.DestinationId, key);
            if (owner is null || weight > most) (owner, most) = (destination, weight);
        }

        return owner;
    }

    /// <summary>The same number in every process.</summary>
    internal static ulong Weigh(string destination, string key)
    {
        var hash = Offset;
        foreach (var part in (string[])[destination, "\n", key])
        {
            foreach (var single in Encoding.UTF8.GetBytes(part)) hash = (hash ^ single) * Prime;
        }

        // FNV leaves the upper bits of similar texts alike; these are mixed as in MurmurHash 3.
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
