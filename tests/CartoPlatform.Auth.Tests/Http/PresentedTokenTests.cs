using CartoPlatform.Auth.Http;
using CartoPlatform.Auth.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Auth.Tests.Http;

public sealed class PresentedTokenTests
{
    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer abc", "abc")]
    [InlineData("BEARER abc", "abc")]
    [InlineData("Bearer   abc  ", "abc")]
    [InlineData("Bearer abc, Bearer def", "abc, Bearer def")]
    [InlineData("Bearer Undefined", "Undefined")]
    [InlineData("Bearer undefined", null)]
    [InlineData("Bearer null", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Bearer", null)]
    [InlineData("Bearerabc", null)]
    [InlineData("Basic dXNlcjpwYXNz", null)]
    [InlineData("abc", null)]
    [InlineData("", null)]
    public void Header_is_read_by_its_scheme(string header, string? expected) =>
        Assert.Equal(new PresentedToken(expected), PresentedToken.Of(Request(header)));

    [Theory]
    [InlineData("?access_token=abc", "abc")]
    [InlineData("?v=3.4&access_token=abc&client=x", "abc")]
    [InlineData("?access_token=", null)]
    [InlineData("?access_token=undefined", null)]
    [InlineData("?access_token=null", null)]
    [InlineData("?token=abc", null)]
    [InlineData("", null)]
    public void Query_parameter_is_read_without_a_header(string query, string? expected) =>
        Assert.Equal(new PresentedToken(expected), PresentedToken.Of(Request(StringValues.Empty, query)));

    [Fact]
    public void Header_counts_before_the_query() =>
        Assert.Equal("header", PresentedToken.Of(Request("Bearer header", "?access_token=query")).Text);

    [Theory]
    [InlineData("Bearer undefined")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public void Header_without_a_token_leaves_it_to_the_query(string header) =>
        Assert.Equal("query", PresentedToken.Of(Request(header, "?access_token=query")).Text);

    [Fact]
    public void Several_headers_are_malformed() =>
        Assert.True(PresentedToken.Of(Request(new StringValues(["Bearer abc", "Bearer abc"]))).IsMalformed);

    [Fact]
    public void Several_parameters_are_malformed() =>
        Assert.True(PresentedToken.Of(Request(StringValues.Empty, "?access_token=abc&access_token=abc")).IsMalformed);

    [Theory]
    [InlineData(TokenVerifier.MaxLength, false)]
    [InlineData(TokenVerifier.MaxLength + 1, true)]
    public void Text_over_the_limit_is_malformed(int length, bool expected)
    {
        var text = new string('a', length);

        Assert.Equal(expected, PresentedToken.Of(Request($"Bearer {text}")).IsMalformed);
        Assert.Equal(expected, PresentedToken.Of(Request(StringValues.Empty, $"?access_token={text}")).IsMalformed);
    }

    private static HttpRequest Request(StringValues authorization, string query = "")
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = authorization;
        request.QueryString = new QueryString(query);
        return request;
    }
}
