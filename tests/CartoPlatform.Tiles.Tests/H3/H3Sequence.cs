namespace CartoPlatform.Tiles.Tests.H3;

/// <summary>Random places, the same as reference.mjs makes: only integer arithmetic and exact divisions.</summary>
internal sealed class H3Sequence(uint seed)
{
    private uint _state = seed;

    public LonLat NextPlace()
    {
        var longitude = Next() / 4294967296.0 * 360 - 180;
        return new LonLat(longitude, Next() / 4294967296.0 * 180 - 90);
    }

    private uint Next()
    {
        unchecked
        {
            _state += 0x6d2b79f5;
            var t = (_state ^ (_state >> 15)) * (_state | 1);
            t ^= t + (t ^ (t >> 7)) * (t | 61);
            return t ^ (t >> 14);
        }
    }
}
