using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles.Tests.Snapshots;

public sealed class ChunksTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_001)]
    public void Items_come_in_another_order_and_another_type(int count)
    {
        var random = new Random(count);
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        var (spare, values) = (new SpareChunks(), new Chunks<long>());
        for (var i = 0; i < count; i++) values.Add(i * 3L);

        var permuted = values.Permute(order, spare);
        Assert.Equal(order.Select(place => place * 3L), Enumerable.Range(0, permuted.Count).Select(i => permuted[i]));
        Assert.Equal(count * sizeof(long), permuted.Bytes);
        Assert.Equal(0, values.Count);

        // Out of chunks that have been in use.
        var others = new Chunks<long>();
        for (var i = 0; i < count; i++) others.Add(-i);
        var again = others.Permute(order, spare, value => (int)value);
        Assert.Equal(order.Select(place => -place), Enumerable.Range(0, again.Count).Select(i => again[i]));
        Assert.Equal(order.Select(place => place * 3L), Enumerable.Range(0, permuted.Count).Select(i => permuted[i]));
    }

    [Fact]
    public void Runs_cross_the_ends_of_chunks()
    {
        var (random, bytes, expected) = (new Random(1), new Chunks<byte>(), new List<byte>());
        while (expected.Count < 300_000)
        {
            var run = new byte[random.Next(0, 100_000)];
            random.NextBytes(run);
            bytes.AddRange(run);
            expected.AddRange(run);
        }

        Assert.Equal(expected.Count, bytes.Count);
        foreach (var (start, length) in ((int, int)[])[(0, expected.Count), (65_535, 2), (65_536, 65_536), (1, 0), (expected.Count, 0), (100_000, 150_000)])
        {
            var target = new byte[length];
            bytes.CopyTo(start, target);
            Assert.Equal(expected.GetRange(start, length), target);
        }
    }
}
