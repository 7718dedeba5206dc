namespace CartoPlatform.Tiles;

/// <summary>Place on the curve of Morton (1966): the bits of column and row interleaved, so that the parts of a cell stand together.</summary>
internal static class MortonCode
{
    public static ulong Of(int column, int row) => Spread((uint)column) | (Spread((uint)row) << 1);

    public static int Column(ulong code) => (int)Gather(code);

    public static int Row(ulong code) => (int)Gather(code >> 1);

    private static ulong Spread(ulong bits)
    {
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    private static ulong Gather(ulong bits)
    {
        bits &= 0x5555555555555555;
        bits = (bits | (bits >> 1)) & 0x3333333333333333;
        bits = (bits | (bits >> 2)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits >> 4)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits >> 8)) & 0x0000FFFF0000FFFF;
        return (bits | (bits >> 16)) & 0x00000000FFFFFFFF;
    }
}
