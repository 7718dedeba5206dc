using System.Runtime.InteropServices;

namespace CartoPlatform.HttpCache.Keys;

/// <summary>SHA-256 of a canonical request.</summary>
internal readonly record struct CacheKey(ulong A, ulong B, ulong C, ulong D)
{
    public static CacheKey From(ReadOnlySpan<byte> hash)
    {
        var parts = MemoryMarshal.Cast<byte, ulong>(hash);
        return new CacheKey(parts[0], parts[1], parts[2], parts[3]);
    }

    // The bits of a hash are as good as any.
    public override int GetHashCode() => (int)A;

    public override string ToString()
    {
        ulong[] parts = [A, B, C, D];
        return Convert.ToHexStringLower(MemoryMarshal.AsBytes<ulong>(parts));
    }
}
