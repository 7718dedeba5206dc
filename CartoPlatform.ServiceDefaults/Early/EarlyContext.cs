using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>One request. Kept with its connection, whose next request takes it again.</summary>
internal sealed class EarlyContext<TContext>
{
    /// <summary>Null between two requests.</summary>
    public IFeatureCollection? Features { get; set; }

    /// <summary>Timestamp.</summary>
    public long StartedAt { get; set; }

    public bool GoesOn { get; private set; }

    /// <summary>What the host has made of a request that goes the whole way.</summary>
    public TContext? Inner { get; private set; }

    public TContext GoOn(TContext inner)
    {
        (GoesOn, Inner) = (true, inner);
        return inner;
    }

    public void Reset() => (Features, GoesOn, Inner) = (null, false, default);
}
