namespace CartoPlatform.Tiles.Tests;

public sealed class LargeArraysTests
{
    private const int KeptBytes = 1024;

    private readonly LargeArrays _arrays = new(KeptBytes);

    [Fact]
    public void Array_is_used_again_for_as_many_items_of_its_type_or_half_of_them()
    {
        var array = _arrays.Rent<long>(60);
        Assert.Equal(64, array.Length);
        _arrays.Return(array);

        Assert.NotSame(array, _arrays.Rent<ulong>(64) as object);
        Assert.NotSame(array, _arrays.Rent<long>(65));
        Assert.NotSame(array, _arrays.Rent<long>(31));
        Assert.Same(array, _arrays.Rent<long>(33));
        Assert.NotSame(array, _arrays.Rent<long>(33));
    }

    [Fact]
    public void Those_given_back_last_are_kept_whatever_they_are()
    {
        var (first, second, third) = (_arrays.Rent<long>(64), _arrays.Rent<byte>(512), _arrays.Rent<int>(128));
        _arrays.Return(first);
        _arrays.Return(second);
        _arrays.Return(third);

        Assert.NotSame(first, _arrays.Rent<long>(64));
        Assert.Same(second, _arrays.Rent<byte>(512));
        Assert.Same(third, _arrays.Rent<int>(128));
    }

    [Fact]
    public void Array_beyond_the_limit_is_just_as_large_as_asked_for_and_drives_out_no_other()
    {
        var kept = _arrays.Rent<byte>(512);
        _arrays.Return(kept);
        var large = _arrays.Rent<byte>(KeptBytes + 1);
        Assert.Equal(KeptBytes + 1, large.Length);
        _arrays.Return(large);

        Assert.NotSame(large, _arrays.Rent<byte>(KeptBytes + 1));
        Assert.Same(kept, _arrays.Rent<byte>(512));
    }
}
