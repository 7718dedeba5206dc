using CartoPlatform.Auth.Http;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Auth.Tests.Http;

public sealed class RefererRuleTests
{
    [Theory]
    [InlineData("https://app.example.org", "https://app.example.org/", true)]
    [InlineData("https://app.example.org", "https://app.example.org", true)]
    [InlineData("https://app.example.org", "https://app.example.org/maps/1?x=1", true)]
    [InlineData("https://app.example.org/", "https://app.example.org/", true)]
    [InlineData("https://app.example.org/maps", "https://app.example.org/", true)]
    [InlineData("https://APP.example.org", "HTTPS://app.EXAMPLE.org/", true)]
    [InlineData("https://app.example.org:443", "https://app.example.org/", true)]
    [InlineData("http://localhost:3000", "http://localhost:3000/", true)]
    [InlineData("https://müller.example", "https://xn--mller-kva.example/", true)]
    [InlineData("http://localhost:3000", "http://localhost:3001/", false)]
    [InlineData("https://app.example.org", "http://app.example.org/", false)]
    [InlineData("https://app.example.org", "https://app.example.org:8443/", false)]
    [InlineData("https://app.example.org", "https://app.example.org.evil.com/", false)]
    [InlineData("https://app.example.org", "https://app.example.org@evil.com/", false)]
    [InlineData("https://app.example.org", "https://evil.com/https://app.example.org/", false)]
    [InlineData("https://app.example.org", "https://evil.com/?https://app.example.org", false)]
    [InlineData("https://app.example.org", "https://evil.com#https://app.example.org", false)]
    [InlineData("https://app.example.org", "https://sub.app.example.org/", false)]
    [InlineData("https://app.example.org", "app.example.org", false)]
    [InlineData("https://app.example.org", "//app.example.org/", false)]
    [InlineData("https://app.example.org", "", false)]
    [InlineData("https://app.example.org", "null", false)]
    [InlineData("app.example.org", "https://app.example.org/", false)]
    [InlineData("file:///etc", "file:///etc", false)]
    [InlineData("", "", false)]
    public void Origins_are_compared(string allowed, string referer, bool expected) =>
        Assert.Equal(expected, RefererRule.Permits([allowed], referer, default));

    [Fact]
    public void One_of_several_is_enough() =>
        Assert.True(RefererRule.Permits(["https://a.example", "https://b.example"], "https://b.example/", default));

    [Fact]
    public void Without_a_list_any_referer_or_none_is_fine()
    {
        Assert.True(RefererRule.Permits([], StringValues.Empty, default));
        Assert.True(RefererRule.Permits([], "https://anywhere.example/", default));
    }

    [Fact]
    public void With_a_list_no_referer_is_refused() => Assert.False(RefererRule.Permits(["https://a.example"], StringValues.Empty, default));

    [Fact]
    public void Several_referers_are_refused() =>
        Assert.False(RefererRule.Permits(["https://a.example"], new StringValues(["https://a.example/", "https://a.example/"]), default));

    [Theory]
    [InlineData(null, "https://app.example", true)]
    [InlineData("https://app.example/", "https://app.example", true)]
    [InlineData("https://app.example/", null, true)]
    [InlineData("https://app.example/", "https://evil.example", false)]
    [InlineData("https://evil.example/", "https://app.example", false)]
    [InlineData("https://app.example/", "null", false)]
    [InlineData(null, "null", false)]
    [InlineData(null, "https://evil.example", false)]
    [InlineData("", "https://app.example", false)]
    public void Origin_counts_as_much_and_neither_may_be_foreign(string? referer, string? origin, bool expected) =>
        Assert.Equal(expected, RefererRule.Permits(["https://app.example"], Header(referer), Header(origin)));

    private static StringValues Header(string? value) => value is null ? StringValues.Empty : new StringValues(value);
}
